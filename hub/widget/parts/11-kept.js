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
    this.#drafts.set('contacts', { ...before, ...fields });
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

  /** It is on its way or taken, or the customer is another one now. */
  clear() {
    this.refused = null;
    this.#shelf.remove('refused');
    this.#drafts.remove('contacts');
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
