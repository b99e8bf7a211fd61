/** Strokes of the page's icons on a field of 24, one path each. */
export const ICONS = {
  dialogs: "M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5zM9 11h6M9 14h4",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  keyboard:
    "M4 6h16a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 20 18H4a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 4 6zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M4 12.5l5 5L20 6.5",
  checks: "M1.5 12.5l5 5L17 7M11.5 16.5l1 1L23 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  up: "M12 20V5M6 11l6-6 6 6",
  hand: "M12 3v12M7 10l5 5 5-5M4 20h16",
  alert: "M12 3.5L22 20H2zM12 10v4.5M12 17.5v.01",
  pause: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM10 9v6M14 9v6",
  send: "M4 12l16-8-6 17-3-7z",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  card: "M3.5 5h17v14h-17zM14.5 5v14",
  phone: "M5 4h4l1.5 4.5L8 10a11 11 0 0 0 6 6l1.5-2.5L20 15v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1z",
  mail: "M3 6h18v12H3zM3 7l9 6.5L21 7",
  globe:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  reply: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  minus: "M5 12h14",
  dot: "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12z",
  ring: "M12 19a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7 17L17 7",
  pencil: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 2.5h4l1-2.5h5",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5M9 9h6M9 12.5h4",
  queue: "M9 5l-5 5 5 5M4 10h11a5 5 0 0 1 5 5v4",
  done: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.5l3 3 5.5-6",
  language: "M3.5 6h10M8.5 4v2M11 6c-1 4-3.5 7-7 9M6 9c1 3 3.5 5 6 6M13 20l4-9 4 9M14.5 17h5",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
} as const;

export type IconName = keyof typeof ICONS;
