// Quotes, without a screen: whoever's words an answer names.

/**
 * @typedef {object} Quoted what an answer quotes
 * @property {string} excerpt its words at that time, on one line
 * @property {boolean} cut there were more of them
 * @property {string | null} to the key of the entry that it is; `null`, if that is not on the page
 * @property {'own' | 'operator' | null} whose `null`, if that is not known
 * @property {string} name the operator's
 * @property {'words' | 'file' | 'place' | 'sticker'} kind
 */

/** As much as the hub keeps of quoted words, in Unicode scalar values. */
const QUOTE_CHARS = 160;
/** What turns the direction of the words after it. Joiners stay, so that emoji keep their shape. */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/**
 * What a message quotes, whoever wrote it; `null`, if nothing that makes sense. The words stay those that the answer was
 * given to, whatever became of the message since: so the hub keeps them.
 * @param {any} said
 * @param {Map<number, Message>} bySeq the messages on the page
 * @param {string} desk the centre's name
 * @returns {Quoted | null}
 */
function soundQuote(said, bySeq, desk) {
  if (!Number.isInteger(said?.seq) || typeof said.excerpt !== 'string') return null;
  // Cut before anything else: who says more than there can be is not to cost more.
  const line = firstChars(said.excerpt, QUOTE_CHARS).replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '').replace(TURNING, '').trim();
  const cut = charCount(firstChars(said.excerpt, QUOTE_CHARS)) === QUOTE_CHARS;
  const words = { excerpt: isBlank(line) ? '' : line, cut };
  const message = bySeq.get(said.seq);
  if (message === undefined || (message.from !== 'customer' && message.from !== 'operator' && message.from !== 'hub')) {
    return { ...words, to: null, whose: null, name: '', kind: 'words' };
  }
  const own = message.from === 'customer';
  const name = own ? '' : message.from === 'hub' ? desk : cleanName(message.name);
  return { ...words, to: keyOf(message), whose: own ? 'own' : 'operator', name, kind: quotedKind(message.kind) };
}

/** @param {string | undefined} kind @returns {Quoted['kind']} */
const quotedKind = (kind) => (kind === 'file' || kind === 'place' || kind === 'sticker' ? kind : 'words');

/** The key of a message's entry: of his own words the one they had before the hub knew them. @param {Message} message */
const keyOf = ({ id, client_id, from }) => (from === 'customer' ? (client_id ?? id) : id);
