/**
 * Combinations of keys: written, read off a pressed key, and judged. A letter counts as Latin where the layout has Latin
 * letters, else by its place, so that any layout works; signs count by their place.
 */

/** Such as `mod+shift+a`: lower case, in the order mod, alt, shift, key. `mod` is Ctrl, on a Mac Cmd. */
export type Chord = string;

/** What of a keyboard event matters here. */
export type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Why a combination cannot be given to an action. */
export type ChordFault = "writes" | "edits" | "fixed";

const SIGNS: Record<string, string> = {
  comma: ",",
  period: ".",
  slash: "/",
  semicolon: ";",
  quote: "'",
  bracketleft: "[",
  bracketright: "]",
  backslash: "\\",
  minus: "-",
  equal: "=",
  backquote: "`",
};

const NAMED = new Set([
  "arrowup",
  "arrowdown",
  "arrowleft",
  "arrowright",
  "home",
  "end",
  "pageup",
  "pagedown",
  "insert",
  "delete",
  "backspace",
  "enter",
  "space",
  "tab",
  "escape",
]);

/** Copy, cut, paste, undo, redo, select all, quit: they belong to the text and to the system. */
const EDITS = new Set(["mod+a", "mod+c", "mod+v", "mod+x", "mod+y", "mod+z", "mod+shift+z", "mod+q"]);
/** These lead to the accounts, whatever set is chosen. */
const ACCOUNTS = /^mod\+alt\+[1-8]$/;
const FUNCTION_KEY = /^f(?:[1-9]|1[0-9]|2[0-4])$/;

/** The combination pressed; `null` while only modifiers are held, or for a key without a name. */
export function chordOf(event: Pressed, mac: boolean): Chord | null {
  const key = keyName(event);
  if (key === null) return null;
  const mod = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey || event.metaKey;
  return [mod ? "mod" : "", event.altKey ? "alt" : "", event.shiftKey ? "shift" : "", key]
    .filter((part) => part !== "")
    .join("+");
}

function keyName(event: Pressed): string | null {
  const key = event.key.toLowerCase();
  if (/^[a-z0-9]$/.test(key)) return key;
  // With Shift a digit is another sign, and another layout has other letters: then the place decides.
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  if (place !== null && (key.length === 1 || key === "dead" || key === "unidentified"))
    return (place[1] ?? place[2] ?? key).toLowerCase();
  const sign = event.code.toLowerCase();
  if (sign in SIGNS || sign === "space") return sign;
  return NAMED.has(key) || FUNCTION_KEY.test(key) ? key : null;
}

/** Reads what was kept; `null` for what is not a combination. */
export function readChord(text: unknown): Chord | null {
  if (typeof text !== "string") return null;
  const found = /^(mod\+)?(alt\+)?(shift\+)?([a-z0-9]+)$/.exec(text);
  const key = found?.[4] ?? "";
  const known = key.length === 1 || key in SIGNS || NAMED.has(key) || FUNCTION_KEY.test(key);
  return known ? text : null;
}

/** Why `chord` may not be given away; `null` if it may. */
export function chordFault(chord: Chord): ChordFault | null {
  const parts = chord.split("+");
  const key = parts.at(-1) ?? "";
  if (key === "escape" || key === "tab" || ACCOUNTS.test(chord)) return "fixed";
  if (EDITS.has(chord)) return "edits";
  const held = parts.includes("mod") || parts.includes("alt");
  if (!held) return FUNCTION_KEY.test(key) ? null : "writes";
  return ["enter", "backspace", "delete", "space"].includes(key) ? "edits" : null;
}

/** Whether a combination works while something is being written: plain keys are text there. */
export function worksInText(chord: Chord): boolean {
  const parts = chord.split("+");
  const key = parts.at(-1) ?? "";
  return parts.includes("mod") || parts.includes("alt") || key === "escape" || FUNCTION_KEY.test(key);
}

const SHOWN: Record<string, string> = {
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  escape: "Esc",
  pageup: "PgUp",
  pagedown: "PgDn",
};
const MAC: Record<string, string> = { mod: "⌘", alt: "⌥", shift: "⇧" };
const OTHERS: Record<string, string> = { mod: "Ctrl", alt: "Alt", shift: "Shift" };

/** What is printed on the keys of a combination, one by one. */
export function caps(chord: Chord, mac: boolean): string[] {
  return chord.split("+").map((part) => {
    const modifier = (mac ? MAC : OTHERS)[part];
    if (modifier !== undefined) return modifier;
    const shown = SHOWN[part] ?? SIGNS[part];
    return shown ?? part.charAt(0).toUpperCase() + part.slice(1);
  });
}

/** A combination in one word: `Ctrl+Shift+A`, on a Mac `⌘⇧A`. */
export function chordWord(chord: Chord, mac: boolean): string {
  return caps(chord, mac).join(mac ? "" : "+");
}
