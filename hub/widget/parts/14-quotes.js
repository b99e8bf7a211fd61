// View: quoted words, and the way to the message they are from.

/** How long a message that was gone to stays marked. */
const MARK_MS = 1600;

/**
 * The quoted words above an answer: a button that leads to their message, if that is on the page.
 * @param {typeof RUSSIAN} words
 * @param {Quoted} quote
 * @param {(key: string) => void} go
 */
function quoteBlock(words, { excerpt, cut, to, whose, name, kind }, go) {
  const author = whose === 'own' ? words.you : whose === 'operator' ? name || words.operator : '';
  // All but the quoted words stands apart: their direction is theirs, and none of it is that of the answer.
  const apart = (/** @type {string} */ text, /** @type {string} */ look) => el('bdi', { class: look }, text);
  const who = author === '' ? [] : [apart(author, 'quoted-who')];
  const what = kind === 'words' ? '' : words.quotedKind[kind];
  const text = excerpt === '' || cut ? `${excerpt}…` : excerpt;
  const said = el('span', { class: 'quoted-words' }, ...(what === '' ? [] : [apart(what, ''), ' ']), text);
  if (to === null) return el('span', { class: 'quote', dir: 'auto' }, apart(`${words.inReplyTo} `, 'said-only'), ...who, said);
  // Read aloud it is one sentence: whom it answers, and what he had said.
  const label = [words.inReplyTo, author === '' ? '' : `${author}:`, what, text].filter(Boolean).join(' ');
  const button = el('button', { class: 'quote', type: 'button', dir: 'auto', 'aria-label': label }, ...who, said);
  button.onclick = () => go(to);
  return button;
}

/**
 * Brings a message into the middle of the list, at once, marks it for a while, and gives it the focus, so that a screen
 * reader reads it and the keyboard goes on from there. Only the list scrolls: the site around stays where it is.
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 */
function goTo(list, row) {
  const [view, box] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  list.scrollTop += box.top - view.top - Math.max(0, (list.clientHeight - box.height) / 2);
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  for (const other of list.querySelectorAll('.found')) other.classList.remove('found');
  row.classList.add('found');
  clearTimeout(markEnds);
  markEnds = setTimeout(() => row.classList.remove('found'), MARK_MS);
}

/** @type {ReturnType<typeof setTimeout> | undefined} There is one mark at a time. */
let markEnds;
