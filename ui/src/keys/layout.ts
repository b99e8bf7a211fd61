/** The Russian layout over the Latin one, key by key: what was typed in the wrong one, and what is printed where. */

const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю";
const LATIN_SHIFT = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>';
const RUSSIAN_SHIFT = RUSSIAN.toUpperCase();

const TO_RUSSIAN = pairs(LATIN + LATIN_SHIFT, RUSSIAN + RUSSIAN_SHIFT);
const TO_LATIN = pairs(RUSSIAN + RUSSIAN_SHIFT, LATIN + LATIN_SHIFT);

function pairs(from: string, to: string): ReadonlyMap<string, string> {
  return new Map([...from].map((sign, i) => [sign, to[i] ?? sign]));
}

/** What the same keys write in the other layout: `ghbyznm` is `принять`, `фссузе` is `accept`. */
export function inOtherLayout(text: string): string {
  const table = /[а-яё]/i.test(text) ? TO_LATIN : TO_RUSSIAN;
  return [...text].map((sign) => table.get(sign) ?? sign).join("");
}

/** The Russian letter on the key of a Latin one; `null` where there is none. */
export function russianOn(key: string): string | null {
  return /^[a-z]$/.test(key) ? (TO_RUSSIAN.get(key)?.toUpperCase() ?? null) : null;
}

/** Which of the two a pressed letter came from; `null` if it tells nothing. */
export function layoutOf(key: string): "russian" | "latin" | null {
  if (/^[а-яё]$/i.test(key)) return "russian";
  return /^[a-z]$/i.test(key) ? "latin" : null;
}
