/** Cutting a text that is too long into parts that are not, where a reader would pause. Pure. */
import { countChars } from "./chars";

/** Where a cut hurts least, best first: after a blank line, a line, a sentence, a word. */
const SEAMS = [/\n[^\S\n]*\n\s*/g, /\n\s*/g, /[.!?…]+["»”)]*\s+/g, /\s+/g];
/** A seam earlier than this share of the limit would leave a part too short. */
const EARLIEST = 0.4;

/**
 * `text` in parts of at most `limit` Unicode scalar values. Put together they hold every word; only white space at the
 * cuts is left out.
 */
export function split(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (countChars(rest) > limit) {
    const end = cut(rest, limit);
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== "") parts.push(rest);
  return parts;
}

/** Where the first part ends, in UTF-16 units. */
function cut(text: string, limit: number): number {
  const most = unitsOf(text, limit);
  // One unit more is looked at, so that a part that just fits ends at its seam.
  const window = text.slice(0, most + 1);
  for (const seam of SEAMS) {
    let last = 0;
    for (const found of window.matchAll(seam)) {
      const kept = found.index + found[0].trimEnd().length;
      if (kept <= most) last = kept;
    }
    if (last >= most * EARLIEST) return last;
  }
  return wholeSigns(text, most);
}

/** UTF-16 units that `chars` Unicode scalar values take. */
function unitsOf(text: string, chars: number): number {
  let units = 0;
  for (let i = 0; i < chars && units < text.length; i += 1)
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

/** Not farther than `most`, and not through the middle of a sign put together from several. */
function wholeSigns(text: string, most: number): number {
  // A sign longer than this is no sign but a trick.
  const from = Math.max(0, most - 64);
  const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(
    text.slice(from, most + 64),
  );
  let end = 0;
  for (const sign of signs) {
    const next = from + sign.index + sign.segment.length;
    if (next > most) break;
    end = next;
  }
  return end > from ? end : most;
}
