/**
 * Finds what looks like a link in a text. Only `http:`, `https:`, `mailto:` and `tel:` are ever offered; whether one is
 * opened, and where it leads, is the engine's word.
 */

/** A stretch of text; `href` if it is offered as a link. */
export interface Piece {
  text: string;
  href: string | null;
}

/** Longer runs are text: nobody reads them, and looking at them costs. */
const LONGEST = 2_000;

const CANDIDATE = /(?:https?:\/\/|mailto:|tel:|www\.)[^\s<>"'`\\^{}|\u0000-\u001F\u007F-\u009F]+/giu;
const BEFORE = /[\p{L}\p{N}_:/.@-]$/u;
const TRAILING = /[.,;:!?…»”’'*_~\]]+$/u;
const HIDDEN = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\u061C\uFEFF]/u;

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let plainFrom = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    if (match[0].length > LONGEST) continue;
    const link = trimmed(match[0]);
    if (!offered(link, text.slice(Math.max(0, match.index - 2), match.index))) continue;
    if (match.index > plainFrom) pieces.push({ text: text.slice(plainFrom, match.index), href: null });
    pieces.push({ text: link, href: /^www\./iu.test(link) ? `https://${link}` : link });
    plainFrom = match.index + link.length;
  }
  if (plainFrom < text.length) pieces.push({ text: text.slice(plainFrom), href: null });
  return pieces;
}

/** Without the punctuation of the sentence around it; a closing bracket stays if it was opened inside. */
function trimmed(candidate: string): string {
  let open = candidate.split("(").length - candidate.split(")").length;
  let end = candidate.length;
  for (;;) {
    const without = candidate.slice(0, end).replace(TRAILING, "").length;
    const bracket = open < 0 && candidate[without - 1] === ")" ? 1 : 0;
    if (without - bracket === end) return candidate.slice(0, end);
    open += bracket;
    end = without - bracket;
  }
}

function offered(link: string, before: string): boolean {
  if (HIDDEN.test(link) || BEFORE.test(before)) return false;
  if (/^mailto:/iu.test(link)) return /^mailto:[^@\s?&%]+@[^@\s?&%]+\.[^@\s?&%]+$/iu.test(link);
  if (/^tel:/iu.test(link)) return /^tel:\+?[\d().-]{3,32}$/iu.test(link);
  return URL.canParse(/^www\./iu.test(link) ? `https://${link}` : link) && /[./]\S/u.test(link.slice(8));
}
