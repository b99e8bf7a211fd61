// Forms for contacts: the hub's rules, so that what is wrong is said at once. The hub checks all of it again.

/**
 * @typedef {'name' | 'email' | 'phone'} ContactField
 * @typedef {{field: ContactField, required: boolean, kind: string, max_chars?: number, mask?: string}} AskedField
 * @typedef {{offline: AskedField[], first_question: AskedField[], contacts_request: AskedField[]}} ContactForms
 * @typedef {{field: ContactField, fault: string}} WrongField
 */

/** The longest value of a field that its form does not bound, in Unicode scalar values. @type {Record<ContactField, number>} */
const FIELD_CHARS = { name: 100, email: 254, phone: 40 };

/** Every field that there is, in the order of a form. */
const FIELDS = /** @type {ContactField[]} */ (Object.keys(FIELD_CHARS));

/** What an older hub asks: nothing before a conversation, and any of the fields when somebody asks. @type {ContactForms} */
const USUAL_FORMS = { offline: [], first_question: [], contacts_request: FIELDS.map((field) => ({ field, required: false, kind: 'any' })) };

/**
 * Forms as this widget can show them; a field that it does not know is left out.
 * @param {any} value
 * @returns {ContactForms}
 */
function soundForms(value) {
  const form = (/** @type {any} */ list) => (Array.isArray(list) ? list.filter((asked) => FIELDS.includes(asked?.field)).map(soundAsked) : []);
  return { offline: form(value.offline), first_question: form(value.first_question), contacts_request: form(value.contacts_request) };
}

/** @param {any} asked @returns {AskedField} */
function soundAsked({ field, required, kind, max_chars, mask }) {
  return {
    field,
    required: required === true,
    kind: typeof kind === 'string' ? kind : 'any',
    ...(Number.isInteger(max_chars) && max_chars > 0 ? { max_chars } : {}),
    ...(typeof mask === 'string' && mask !== '' ? { mask } : {}),
  };
}

/** @param {any} value @returns {WrongField | null} */
const soundWrong = (value) => (FIELDS.includes(value?.field) && typeof value.fault === 'string' ? { field: value.field, fault: value.fault } : null);

/** What the characters of a mask stand for; others stand for themselves. @type {Record<string, RegExp>} */
const MASK_PLACES = { 9: /^[0-9]$/, a: /^\p{Alphabetic}$/u, '*': /^[0-9\p{Alphabetic}]$/u };

/**
 * The places of a mask: what a character there has to be, or the character itself.
 * @param {string} mask
 * @returns {(RegExp | string)[]}
 */
function maskPlaces(mask) {
  /** @type {(RegExp | string)[]} */
  const places = [];
  let escaped = false;
  for (const character of mask) {
    if (escaped || (character !== '\\' && !Object.hasOwn(MASK_PLACES, character))) places.push(character);
    else if (character !== '\\') places.push(MASK_PLACES[character]);
    escaped = !escaped && character === '\\';
  }
  return places;
}

/**
 * Whether a value looks like its mask.
 * @param {string} mask
 * @param {string} value
 */
function fitsMask(mask, value) {
  const [places, characters] = [maskPlaces(mask), Array.from(value)];
  return places.length === characters.length && places.every((place, at) => (typeof place === 'string' ? place === characters[at] : place.test(characters[at])));
}

/**
 * What was typed, put into its mask where it fits: without what the mask says by itself, or with it.
 * @param {string} mask
 * @param {string} typed
 */
function intoMask(mask, typed) {
  const places = maskPlaces(mask);
  const said = Array.from(typed).filter((character) => MASK_PLACES['*'].test(character));
  const counts = (/** @type {RegExp | string} */ place) => typeof place !== 'string' || MASK_PLACES['*'].test(place);
  const whole = places.filter(counts).length === said.length;
  if (!whole && places.filter((place) => typeof place !== 'string').length !== said.length) return typed;
  let next = 0;
  const value = places.map((place) => (typeof place === 'string' && !(whole && counts(place)) ? place : said[next++])).join('');
  return fitsMask(mask, value) ? value : typed;
}

/** A mask as people read it. @param {string} mask */
const shownMask = (mask) => maskPlaces(mask).map((place) => (typeof place === 'string' ? place : '_')).join('');

/** What a field of a kind is made of; of any other kind the hub knows. @type {Record<string, RegExp>} */
const KINDS = { letters: /^[\p{Alphabetic} \-.'’]*$/u, digits: /^[0-9]*$/, phone: /^\+?[0-9 \-()]*$/ };

/**
 * What is wrong with the value of a field; `null`, if nothing is.
 * @param {AskedField} asked
 * @param {string} value on one line
 * @returns {string | null}
 */
function fieldFault({ field, required, kind, max_chars, mask }, value) {
  if (value === '') return required ? 'required' : null;
  if (charCount(value) > (max_chars ?? FIELD_CHARS[field])) return 'too_long';
  if (Object.hasOwn(KINDS, kind) && !KINDS[kind].test(value)) return 'kind';
  if (mask !== undefined && !fitsMask(mask, value)) return 'mask';
  if (field === 'email' && !/^[^@\s]+@[^@\s]+$/.test(value)) return 'kind';
  return field === 'phone' && !/[0-9]/.test(value) ? 'kind' : null;
}
