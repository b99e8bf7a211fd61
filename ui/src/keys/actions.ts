/** Everything that can be asked for by a key or from the palette, and the keys that each set gives it. */
import type { Chord } from "./chord";

/** Sets of keys to start from: one's own changes lie on top. */
export const KEY_SETS = ["standard", "webim", "alt"] as const;
export type KeySet = (typeof KEY_SETS)[number];

export const GROUPS = ["dialogs", "thread", "writing", "place"] as const;
export type Group = (typeof GROUPS)[number];

interface Spec {
  group: Group;
  standard?: Chord;
  /** On a Mac, where it is not the standard one. */
  mac?: Chord;
  /** As in Webim, where it names one; there its operators find their own keys again. */
  webim?: Chord;
  /** Without Ctrl+Shift, which some systems take for switching the layout. */
  alt?: Chord;
}

const TABLE = {
  accept_oldest: {
    group: "dialogs",
    standard: "mod+shift+a",
    webim: "mod+arrowright",
    alt: "alt+a",
  },
  decline: { group: "dialogs", standard: "mod+shift+x", alt: "alt+x" },
  next: { group: "dialogs", standard: "mod+arrowdown", mac: "mod+alt+arrowdown", webim: "mod+arrowdown" },
  previous: { group: "dialogs", standard: "mod+arrowup", mac: "mod+alt+arrowup", webim: "mod+arrowup" },
  next_unread: { group: "dialogs", standard: "mod+shift+d", alt: "alt+d" },
  section_waiting: { group: "dialogs", standard: "mod+1" },
  section_mine: { group: "dialogs", standard: "mod+2" },
  section_queue: { group: "dialogs", standard: "mod+3" },
  section_offline_requests: { group: "dialogs", standard: "mod+4" },
  section_open: { group: "dialogs", standard: "mod+5" },
  section_all: { group: "dialogs", standard: "mod+6" },
  filter: { group: "dialogs", standard: "mod+shift+l", alt: "alt+l" },
  filter_reset: { group: "dialogs" },
  search: { group: "dialogs", standard: "mod+p" },
  accept: { group: "thread" },
  return: { group: "thread" },
  transfer: { group: "thread", standard: "mod+shift+r", webim: "mod+arrowleft", alt: "alt+r" },
  close: { group: "thread", standard: "mod+shift+w", alt: "alt+w" },
  hold: { group: "thread", standard: "mod+shift+h", alt: "alt+h" },
  return_to_bot: { group: "thread" },
  about: { group: "thread", standard: "mod+shift+k", alt: "alt+k" },
  card: { group: "thread", standard: "mod+i" },
  search_customer: { group: "thread", standard: "mod+f" },
  customer: { group: "thread" },
  join: { group: "thread" },
  contact: { group: "thread" },
  teleport: { group: "thread" },
  transcript: { group: "thread" },
  invite: { group: "thread" },
  block: { group: "thread" },
  date: { group: "thread", standard: "mod+g" },
  newest: { group: "thread", standard: "alt+end" },
  thread_up: { group: "thread", standard: "alt+pageup" },
  thread_down: { group: "thread", standard: "alt+pagedown" },
  copy_last: { group: "thread" },
  own_window: { group: "thread", standard: "mod+shift+o", alt: "alt+o" },
  copy_link: { group: "thread" },
  write: { group: "writing" },
  emoji: { group: "writing", standard: "mod+e" },
  templates: { group: "writing", standard: "mod+j" },
  link: { group: "writing", standard: "mod+l" },
  attach: { group: "writing", standard: "mod+shift+f", alt: "alt+f" },
  voice: { group: "writing", standard: "mod+shift+y", alt: "alt+y" },
  spelling: { group: "writing", standard: "f7" },
  keep_template: { group: "writing" },
  edit_last: { group: "writing" },
  quote_last: { group: "writing" },
  delete_last: { group: "writing" },
  note: { group: "writing", standard: "mod+shift+n", alt: "alt+n" },
  palette: { group: "place", standard: "mod+k" },
  status: { group: "place", standard: "mod+shift+s", alt: "alt+s" },
  status_online: { group: "place" },
  status_offline: { group: "place" },
  pane_next: { group: "place", standard: "f6" },
  pane_previous: { group: "place", standard: "shift+f6" },
  cover: { group: "place", standard: "mod+shift+e", alt: "alt+e" },
  mute: { group: "place", standard: "mod+shift+m", alt: "alt+m" },
  compact: { group: "place", standard: "mod+shift+b", alt: "alt+b" },
  settings: { group: "place", standard: "mod+comma" },
  help: { group: "place", standard: "mod+slash" },
  reconnect: { group: "place" },
  add_account: { group: "place" },
  sign_out: { group: "place" },
} as const satisfies Record<string, Spec>;

/** What can be asked for. */
export type Action = keyof typeof TABLE;

export const ACTIONS = Object.keys(TABLE) as readonly Action[];

export function groupOf(action: Action): Group {
  return TABLE[action].group;
}

export function isAction(name: string): name is Action {
  return Object.hasOwn(TABLE, name);
}

/** The combination that a set gives an action; `null` for none. */
export function chordIn(set: KeySet, action: Action, mac: boolean): Chord | null {
  const spec: Spec = TABLE[action];
  const standard = (mac ? spec.mac : undefined) ?? spec.standard ?? null;
  switch (set) {
    case "standard":
      return standard;
    case "webim":
      return spec.webim ?? standard;
    case "alt":
      return spec.alt ?? standard;
  }
}
