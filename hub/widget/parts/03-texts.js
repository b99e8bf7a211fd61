// Rules for texts: the same as the hub's.

const INVISIBLE =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\u{E0000}-\u{E0FFF}]/gu;

/**
 * Length in Unicode scalar values, as the hub counts it.
 * @param {string} text
 */
function charCount(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * The text as it is stored: no NUL, line ends as `\n`, no half of a surrogate pair.
 * @param {string} text
 */
const storedText = (text) =>
  text.replaceAll('\0', '').replace(/\r\n?/g, '\n').replace(/\p{Surrogate}/gu, '\uFFFD');

/**
 * Whether nothing in the text can be seen.
 * @param {string} text
 */
const isBlank = (text) => text.replace(INVISIBLE, '').trim() === '';

/**
 * The first `max` Unicode scalar values.
 * @param {string} text
 * @param {number} max
 */
const firstChars = (text, max) => (text.length <= max ? text : Array.from(text.slice(0, max * 2)).slice(0, max).join(''));

/**
 * A name on one line, without characters that draw nothing or turn the direction of what follows.
 * @param {unknown} name
 */
const cleanName = (name) => firstChars(cleanLine(typeof name === 'string' ? name : ''), 80);

/**
 * A text on one line, without such characters.
 * @param {string} text
 */
const cleanLine = (text) => text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '').replace(INVISIBLE, '').trim();

/** Nothing longer is a link. */
const LINK_CHARS = 2000;

/**
 * Cuts a text into plain runs and links. A link is http or https, carries no user name and nothing invisible.
 * @param {string} text
 * @returns {{text: string, href?: string}[]}
 */
function linkRuns(text) {
  /** @type {{text: string, href?: string}[]} */
  const runs = [];
  let done = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`«»“”„‘’]+/giu)) {
    if (match[0].length > LINK_CHARS) continue;
    const shown = withoutTrailingPunctuation(match[0]);
    const href = linkTarget(shown);
    if (href === null) continue;
    if (match.index > done) runs.push({ text: text.slice(done, match.index) });
    runs.push({ text: shown, href });
    done = match.index + shown.length;
  }
  if (done < text.length) runs.push({ text: text.slice(done) });
  return runs;
}

/** @param {string} link */
function withoutTrailingPunctuation(link) {
  const count = (/** @type {string} */ bracket) => link.split(bracket).length - 1;
  // How many more of each are closed than opened: those belong to the sentence around.
  const surplus = new Map([')', ']', '}'].map((closing, at) => [closing, count(closing) - count('([{'[at])]));
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link[end - 1];
    const over = surplus.get(last);
    if (over !== undefined && over > 0) surplus.set(last, over - 1);
    else if (over !== undefined || !'.,:;!?…*_~|\\'.includes(last)) break;
  }
  return link.slice(0, end);
}

/** @param {string} link */
function linkTarget(link) {
  if (link.search(INVISIBLE) >= 0) return null;
  try {
    const url = new URL(link);
    const web = url.protocol === 'http:' || url.protocol === 'https:';
    return web && url.username === '' && url.password === '' ? url.href : null;
  } catch {
    return null;
  }
}
