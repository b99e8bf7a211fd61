// What is said of an unsent message, and how messages, unsent ones and uploads look in the thread.

/**
 * What says an unsent message.
 * @param {Unsent} item
 * @returns {CustomerFrame}
 */
function frameOf({ id, text, file, place, contacts }) {
  if (file !== undefined) return { t: 'send_file', id, file: file.id, text };
  if (place !== undefined) return { t: 'send_place', id, ...place, title: text };
  if (contacts === undefined) return { t: 'send', id, text };
  const given = (/** @type {string} */ value) => (value === '' ? null : value);
  return { t: 'contacts', id, name: given(contacts.name), email: given(contacts.email), phone: given(contacts.phone) };
}

/**
 * @param {Message} message
 * @param {DialogHead | null} head
 * @param {string} desk
 * @param {boolean} isLast nothing was said after it
 * @returns {Entry}
 */
function messageEntry(message, head, desk, isLast) {
  const { seq, from, at, kind, edited, deleted } = message;
  const key = keyOf(message);
  const sticker = kind === 'sticker';
  const file = kind === 'file' || sticker ? soundAttachment(message.file) : null;
  const place = kind === 'place' ? soundSpot(message.place) : null;
  // An older hub's own words come as a code.
  const [text, ...answers] = kind === 'keyboard' && from !== 'customer' ? message.text.split('\n') : [message.text];
  const more = { text, at, file, place, sticker: sticker && file !== null, edited, deleted };
  if (from === 'customer') {
    const state = seq <= (head?.read_by_operator ?? 0) ? 'read' : 'sent';
    return { key, kind: 'own', name: '', state, ...more };
  }
  const address = typeof message.address === 'string' ? linkTarget(message.address) : null;
  if (from !== 'operator' && from !== 'hub') return { key, kind: 'system', name: cleanName(message.name), address, ...more };
  const name = from === 'hub' ? desk : cleanName(message.name);
  return { key, kind: 'operator', name, ...more, ...(isLast && answers.length > 0 ? { answers } : {}), ...(kind === 'contact_request' ? { asked: true } : {}) };
}

/**
 * The message that asks for contacts, until the customer says something: what others say takes no form away from under
 * his hands.
 * @param {Message[]} messages
 */
function requestIn(messages) {
  const said = messages.findLast(({ from, kind }) => from === 'customer' || kind === 'contact_request');
  return said?.from === 'customer' ? undefined : said;
}

/**
 * @param {Unsent} item
 * @param {OwnState} state
 * @returns {Entry}
 */
function ownEntry(item, state) {
  return { key: item.id, kind: 'own', name: '', text: item.text, at: item.at, state, refused: item.refused, file: item.file, place: soundSpot(item.place) };
}

/** @param {Upload} upload @returns {Entry} */
function uploadEntry({ key, file, at, done, refused }) {
  const attachment = { id: key, name: cleanName(file.name), media: '', size: file.size, state: 'uploading', pixels: null };
  const state = refused === undefined ? 'sending' : 'refused';
  return { key, kind: 'own', name: '', text: '', at, state, refused, file: attachment, progress: file.size === 0 ? 0 : done / file.size };
}

/** Whether the same words may be taken later: after a while, or when there is room. @param {ResultFrame} result */
const isPassing = ({ refused }) => refused === 'too_fast' || refused === 'queue_full';
