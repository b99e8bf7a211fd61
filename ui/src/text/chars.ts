/** Text measured the way the engine measures it. */

/** Unicode scalar values in `text`; a lone surrogate counts as the one replacement it becomes on the wire. */
export function countChars(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const next = text.charCodeAt(i + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) i += 1;
    count += 1;
  }
  return count;
}

/** `text` with lone surrogates replaced, so that it survives the way to the engine as it is. */
export function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

/** A name of something with what could turn its letters around or hide among them shown as a mark. */
export function plainName(text: string): string {
  return text
    .replace(/[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/g, "\u2426")
    .replace(/[\u0000-\u001F\u007F-\u009F\u200B\u2060\uFEFF\u{E0000}-\u{E007F}]/gu, "")
    .replace(/(\p{M}{3})\p{M}+/gu, "$1");
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.slice(0, 2).map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? "");
  return letters.join("").toUpperCase();
}
