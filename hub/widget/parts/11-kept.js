// What was filled in and not taken.

/** @typedef {{contacts: Contacts, wrong: WrongField | null}} Filled what a form for contacts shows, and what the hub did not like in it */

/**
 * What customers type into forms for contacts, until it is on its way: as it is typed in this tab, like the words in the
 * composer; as the hub did not take it on the device, where it was while it waited to go out.
 */
class KeptContacts {
  /** @type {Filled | null} What the hub did not take; the same object as long as it is the same. */ refused = null;
  /** @type {Shelf} */ #shelf;
  /** @type {Shelf} */ #drafts;
  /** @type {number} How many times contacts were given here: what was typed before belongs to no form any more. */ #round = 0;

  /**
   * @param {Shelf} shelf what the tabs share
   * @param {Shelf} drafts what survives a reload of this tab
   */
  constructor(shelf, drafts) {
    this.#shelf = shelf;
    this.#drafts = drafts;
    this.load();
  }

  /** Takes over what another tab has done. */
  load() {
    const kept = this.#shelf.get('refused');
    const contacts = soundContacts(kept?.contacts);
    const now = contacts === null ? null : { contacts, wrong: soundWrong(kept.wrong) };
    if (JSON.stringify(now) !== JSON.stringify(this.refused)) this.refused = now;
    const round = this.#shelf.get('given');
    this.#round = Number.isSafeInteger(round) ? round : 0;
    if ((this.#drafts.get('contacts')?.round ?? 0) !== this.#round) this.#drafts.remove('contacts');
  }

  /** What a form begins with: what was typed last. @returns {Filled | null} */
  shown() {
    const typed = soundContacts(this.#drafts.get('contacts'));
    if (typed === null || this.refused === null) return typed === null ? this.refused : { contacts: typed, wrong: null };
    const { contacts, wrong } = this.refused;
    // What has been put right since is not called wrong again.
    return { contacts: typed, wrong: wrong !== null && typed[wrong.field] === contacts[wrong.field] ? wrong : null };
  }

  /**
   * The customer types. A field that his form does not have stays as it was.
   * @param {Partial<Contacts>} fields
   */
  type(fields) {
    const before = this.shown()?.contacts ?? { name: '', email: '', phone: '' };
    this.#drafts.set('contacts', { ...before, ...fields, round: this.#round });
  }

  /**
   * The hub does not take it.
   * @param {Contacts} contacts
   * @param {WrongField} wrong
   */
  refuse(contacts, wrong) {
    this.#shelf.set('refused', { contacts, wrong });
    this.load();
  }

  /** The customer has given them: what another tab has of them half typed goes as well. */
  give() {
    this.#round += 1;
    this.#shelf.set('given', this.#round);
    this.clear();
  }

  /** It is taken, or the customer is another one now. */
  clear() {
    this.refused = null;
    this.#shelf.remove('refused');
    this.#drafts.remove('contacts');
  }
}

/** What is written into other forms, as it is written: a reload of this tab takes nothing of it away. */
class KeptWords {
  /** @type {Shelf} */ #drafts;

  /** @param {Shelf} drafts what survives a reload of this tab */
  constructor(drafts) {
    this.#drafts = drafts;
  }

  /**
   * @param {string} form
   * @param {string} about what it asks: what was written into another one is none of it
   * @returns {string[]} what stands in its fields, in their order
   */
  of(form, about) {
    const kept = this.#drafts.get(form);
    const isSound = kept?.about === about && Array.isArray(kept.fields) && kept.fields.every((/** @type {unknown} */ field) => typeof field === 'string');
    return isSound ? kept.fields : [];
  }

  /**
   * @param {string} form
   * @param {string} about
   * @param {string[]} fields
   */
  keep(form, about, fields) {
    this.#drafts.set(form, { about, fields });
  }

  /** It is answered, or not going to be. @param {string[]} forms */
  drop(...forms) {
    for (const form of forms) this.#drafts.remove(form);
  }
}

/**
 * Contacts, whoever wrote them there; `null`, if it is anything else.
 * @param {any} value
 * @returns {Contacts | null}
 */
function soundContacts(value) {
  const { name, email, phone } = value ?? {};
  return [name, email, phone].every((field) => typeof field === 'string') ? { name, email, phone } : null;
}
