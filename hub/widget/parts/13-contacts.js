// View: forms for contacts.

/** Forms shown so far: each names its parts by its number. */
let formsMade = 0;

/** How a browser fills a field in by itself, and which keyboard a telephone shows. @type {Record<ContactField, {type: string, autocomplete: string}>} */
const FIELD_INPUT = { name: { type: 'text', autocomplete: 'name' }, email: { type: 'email', autocomplete: 'email' }, phone: { type: 'tel', autocomplete: 'tel' } };

/** A form for contacts, by the rules that the hub told. */
class ContactsForm {
  /** @type {HTMLFormElement} */ element;
  /** @type {HTMLButtonElement} */ button;
  /** @type {typeof RUSSIAN} */ #words;
  /** @type {KeptContacts} */ #kept;
  /** @type {Map<ContactField, {asked: AskedField, input: HTMLInputElement, fault: HTMLElement}>} */ #fields = new Map();

  /**
   * @param {typeof RUSSIAN} words
   * @param {string} title
   * @param {AskedField[]} asked
   * @param {KeptContacts} kept what it begins with, and where what is typed into it is kept
   * @param {() => void} done the customer pressed Enter or the button
   */
  constructor(words, title, asked, kept, done) {
    this.#words = words;
    this.#kept = kept;
    formsMade += 1;
    const rows = asked.map((field) => this.#row(field));
    this.button = el('button', { class: 'wide', type: 'submit' }, words.send);
    this.element = el('form', { class: 'form', 'aria-label': title, novalidate: '' }, ...rows, this.button);
    this.element.onsubmit = (event) => {
      event.preventDefault();
      done();
    };
    this.fill();
  }

  /** @param {AskedField} asked */
  #row(asked) {
    const { field, required, max_chars, mask } = asked;
    const fault = el('p', { class: 'fault', id: `fault-${formsMade}-${field}` });
    const most = String(max_chars ?? FIELD_CHARS[field]);
    const input = el('input', { ...FIELD_INPUT[field], name: field, maxlength: most, dir: 'auto', 'aria-describedby': fault.id });
    input.required = required;
    if (mask !== undefined) {
      input.placeholder = shownMask(mask);
      input.onchange = () => {
        input.value = intoMask(mask, input.value);
        this.#kept.type({ [field]: input.value });
      };
    }
    input.oninput = () => {
      this.#mark(field, null);
      this.#kept.type({ [field]: input.value });
    };
    this.#fields.set(field, { asked, input, fault });
    const star = required ? [el('span', { 'aria-hidden': 'true' }, ' *')] : [];
    return el('div', {}, el('label', {}, el('span', {}, this.#words.contact[field], ...star), input), fault);
  }

  /** @returns {Contacts} */
  #values() {
    const value = (/** @type {ContactField} */ field) => cleanLine(this.#fields.get(field)?.input.value ?? '');
    return { name: value('name'), email: value('email'), phone: value('phone') };
  }

  /**
   * What was filled in, if it may be sent; if not, what is wrong is said, and the keyboard is at the first of it.
   * @returns {Contacts | null}
   */
  read() {
    let first = null;
    for (const [field, { asked, input }] of this.#fields) {
      if (asked.mask !== undefined) input.value = intoMask(asked.mask, input.value);
      const fault = fieldFault(asked, cleanLine(input.value));
      this.#mark(field, fault);
      if (fault !== null) first ??= input;
    }
    first?.focus();
    return first === null ? this.#values() : null;
  }

  /** Shows what was filled in before, and what the hub did not like in it. */
  fill() {
    const filled = this.#kept.shown();
    if (filled === null) return;
    for (const [field, { input }] of this.#fields) input.value = filled.contacts[field];
    if (filled.wrong !== null) this.#mark(filled.wrong.field, filled.wrong.fault);
  }

  /**
   * @param {ContactField} field
   * @param {string | null} fault
   */
  #mark(field, fault) {
    const row = this.#fields.get(field);
    if (row === undefined) return;
    setText(row.fault, fault === null ? '' : faultText(this.#words, row.asked, fault));
    if (fault === null) row.input.removeAttribute('aria-invalid');
    else row.input.setAttribute('aria-invalid', 'true');
  }
}

/** The form that stands before the first words of a conversation. */
class FirstForm {
  /** @type {HTMLElement} */ element = el('div', { class: 'first' });
  /** @type {HTMLElement} */ #title = el('p', {});
  /** @type {typeof RUSSIAN} */ #words;
  /** @type {Chat} */ #chat;
  /** @type {() => void} */ #done;
  /** @type {string} What is shown. */ #shown = '[]';
  /** @type {ContactsForm | null} */ #form = null;
  /** @type {Filled | null} */ #told = null;

  /**
   * @param {typeof RUSSIAN} words
   * @param {Chat} chat
   * @param {() => void} done where the keyboard goes when it is filled in
   */
  constructor(words, chat, done) {
    this.#words = words;
    this.#chat = chat;
    this.#done = done;
    this.element.hidden = true;
  }

  /** Shows itself while something is asked. */
  show() {
    const asked = this.#chat.toAsk();
    this.element.hidden = asked.length === 0;
    if (asked.length === 0) {
      // Shown again, it begins with what is kept then.
      this.#shown = '[]';
      return;
    }
    // Of a line that takes nothing now no answer is promised.
    const title = this.#chat.line === 'offline' ? this.#words.leaveContacts : this.#words.introduce;
    const shown = JSON.stringify(asked);
    if (shown !== this.#shown) this.#build(asked, title);
    this.#shown = shown;
    if (this.#form === null) return;
    // Another title is no other form: nothing is built anew under the customer's hands.
    setText(this.#title, title);
    this.#form.element.setAttribute('aria-label', title);
    const { refused } = this.#chat.kept;
    if (refused !== this.#told && refused !== null) this.#form.fill();
    this.#told = refused;
    // Otherwise they go with the words.
    this.#form.button.hidden = !this.#chat.isHeld();
  }

  /**
   * @param {AskedField[]} asked
   * @param {string} title
   */
  #build(asked, title) {
    this.#form = new ContactsForm(this.#words, title, asked, this.#chat.kept, () => {
      if (this.#form?.read() == null) return;
      if (this.#chat.isHeld()) this.leave();
      this.#done();
    });
    this.element.replaceChildren(this.#title, this.#form.element);
  }

  /**
   * The customer is about to send words: what is filled in goes before them.
   * @returns {boolean} whether nothing stands in the way
   */
  leave() {
    if (this.element.hidden || this.#form === null) return true;
    const contacts = this.#form.read();
    if (contacts === null) return false;
    this.#chat.giveContacts(contacts);
    return true;
  }
}

/**
 * @param {typeof RUSSIAN} words
 * @param {AskedField} asked
 * @param {string} fault
 */
function faultText({ fault: said }, { field, kind, max_chars, mask }, fault) {
  if (fault === 'required') return said.required;
  if (fault === 'too_long') return said.tooLong(max_chars ?? FIELD_CHARS[field]);
  if (fault === 'mask' && mask !== undefined) return said.mask(shownMask(mask));
  if (fault === 'kind') return said.kinds[kind] ?? said.fields[field];
  return said.other;
}
