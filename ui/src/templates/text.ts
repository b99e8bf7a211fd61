/** Texts with variables in them, read as the hub reads its own: `{name}` and `{name|what stands there otherwise}`. Pure. */

/** A piece of a text as it will be said. */
export interface Piece {
  text: string;
  /** Written so, known of this customer, standing in for what is not known, or still to be filled in. */
  from: "plain" | "value" | "fallback" | "hole";
}

/** A variable that stands in a text as it was written. */
export interface Hole {
  name: string;
  start: number;
  end: number;
}

const VARIABLE = /\{([\p{Alphabetic}\p{N}_-]+)(?:\|([^}]*))?\}/gu;

/** The pieces of a text with what its variables stand for. What is put in is not looked through again. */
export function fillIn(text: string, values: ReadonlyMap<string, string>): Piece[] {
  const filled: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > from) filled.push({ text: text.slice(from, match.index), from: "plain" });
    from = match.index + match[0].length;
    const value = values.get(match[1] ?? "");
    const fallback = match[2];
    if (value !== undefined) filled.push({ text: value, from: "value" });
    else if (fallback === undefined) filled.push({ text: match[0], from: "hole" });
    else if (fallback !== "") filled.push({ text: fallback, from: "fallback" });
  }
  if (from < text.length) filled.push({ text: text.slice(from), from: "plain" });
  return filled;
}

/** The names of the variables of a text that nothing stands in for, if nothing is known of them. */
export function needed(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap((match) => (match[2] === undefined ? [match[1] ?? ""] : []));
}

/** Where a text still has one of these variables. */
export function holes(text: string, names: ReadonlySet<string>): Hole[] {
  if (!text.includes("{")) return [];
  return [...text.matchAll(VARIABLE)].flatMap((match) => {
    const name = match[1] ?? "";
    if (match[2] !== undefined || !names.has(name)) return [];
    return [{ name, start: match.index, end: match.index + match[0].length }];
  });
}

/** What is typed after a `/` that begins a word and ends at the caret. */
export interface Slash {
  /** Where the `/` stands. */
  start: number;
  query: string;
}

/** More than this nobody types to find something. */
const LONGEST_QUERY = 60;

/** The `/` that the caret stands behind, if it begins a word of this line; `null` if it means something else. */
export function slashAt(text: string, caret: number): Slash | null {
  const before = text.slice(Math.max(0, caret - LONGEST_QUERY - 1), caret);
  const found = /(?:^|\s)\/((?:[^\s/][^\n/]*)?)$/u.exec(before);
  if (found === null) return null;
  const query = found[1] ?? "";
  const start = caret - query.length - 1;
  // What was cut off may be a word that the `/` stands in.
  const begins = start === 0 || /\s/u.test(text.charAt(start - 1));
  return begins ? { start, query } : null;
}
