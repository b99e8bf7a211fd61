// Outbox.

/**
 * @typedef {{name: string, email: string, phone: string}} Contacts
 * @typedef {{id: string, text: string, at: number, refused?: string, file?: Attachment, place?: Spot, contacts?: Contacts}} Unsent
 */

/**
 * What was written and is not stored by the hub yet. One key a message, so that tabs never overwrite each other;
 * ids sort by time, so the keys' order is the order of writing.
 */
class Outbox {
  /** @type {Shelf} */ #shelf;
  /** @type {ClientIds} */ #ids = new ClientIds();

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  /** @returns {Unsent[]} oldest first */
  items() {
    return this.#shelf.keys('unsent:').flatMap((key) => {
      const item = this.#shelf.get(key);
      const sound = typeof item?.text === 'string' && Number.isFinite(item.at);
      return sound ? [{ ...item, id: key.slice('unsent:'.length) }] : [];
    });
  }

  /** The next to go out. */
  head() {
    return this.items().find((item) => item.refused === undefined);
  }

  /**
   * @param {string} text
   * @param {number} now
   * @param {{file?: Attachment, place?: Spot, contacts?: Contacts}} [more] what it is besides words
   */
  add(text, now, more = {}) {
    const id = this.#ids.next(now, this.items().at(-1)?.id);
    this.#shelf.set(`unsent:${id}`, { text, at: now, ...more });
    return id;
  }

  /**
   * The hub has stored it, or the customer threw it away.
   * @param {string} id
   */
  remove(id) {
    this.#shelf.remove(`unsent:${id}`);
  }

  /**
   * The hub will never take it: it steps aside and stays on the screen with the reason.
   * @param {string} id
   * @param {string} reason
   */
  refuse(id, reason) {
    const item = this.#shelf.get(`unsent:${id}`);
    if (item !== undefined) this.#shelf.set(`unsent:${id}`, { ...item, refused: reason });
  }
}
