/** Which keys ask for what. A key counts by its Latin letter, else by its place, so that any layout works. */

/** What a key asks for. */
export type Action =
  | "accept_oldest"
  | "previous"
  | "next"
  | "section_waiting"
  | "section_mine"
  | "section_all"
  | "search"
  | "note"
  | "back"
  | "help";

/** A combination, and the parts of it as they are shown. */
export interface Binding {
  action: Action;
  key: string;
  ctrl: boolean;
  shift: boolean;
}

export const BINDINGS: readonly Binding[] = [
  { action: "accept_oldest", key: "a", ctrl: true, shift: true },
  { action: "previous", key: "arrowup", ctrl: true, shift: false },
  { action: "next", key: "arrowdown", ctrl: true, shift: false },
  { action: "section_waiting", key: "1", ctrl: true, shift: false },
  { action: "section_mine", key: "2", ctrl: true, shift: false },
  { action: "section_all", key: "3", ctrl: true, shift: false },
  { action: "search", key: "p", ctrl: true, shift: false },
  { action: "note", key: "n", ctrl: true, shift: true },
  { action: "back", key: "escape", ctrl: false, shift: false },
];

/** What of a keyboard event matters here. */
export type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The action asked for. `typing`: the keyboard is in a text field, where plain characters are text. */
export function actionFor(event: Pressed, typing: boolean): Action | null {
  if (event.altKey) return null;
  const ctrl = event.ctrlKey || event.metaKey;
  if (!ctrl && !typing && event.key === "?") return "help";
  // On the Russian layout the key of "?" gives a comma with Shift.
  if (!ctrl && !typing && event.shiftKey && event.code === "Slash") return "help";
  const key = latin(event);
  const found = BINDINGS.find((one) => one.key === key && one.ctrl === ctrl && one.shift === event.shiftKey);
  return found?.action ?? null;
}

function latin(event: Pressed): string {
  const key = event.key.toLowerCase();
  // With Shift a digit is another sign, and another layout has other letters: then the place decides.
  if (/^[a-z0-9]$/.test(key) || key.length > 1) return key;
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  return (place?.[1] ?? place?.[2] ?? key).toLowerCase();
}
