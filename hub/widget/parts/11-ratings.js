// Ratings.

/**
 * @typedef {object} Rating what the customer thinks of a conversation
 * @property {number} stars
 * @property {string} note
 * @property {string[]} answers
 */

/** What was answered to the survey and the hub has not confirmed: on the device until then, one for each conversation. */
class Ratings {
  /** @type {Shelf} */ #shelf;

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  /** @returns {(Rating & {dialog: string})[]} */
  items() {
    return this.#shelf.keys('rating:').flatMap((key) => {
      const item = this.#shelf.get(key);
      const sound = Number.isInteger(item?.stars) && typeof item.note === 'string' && Array.isArray(item.answers);
      return sound ? [{ ...item, dialog: key.slice('rating:'.length) }] : [];
    });
  }

  /** @param {string} dialog */
  has(dialog) {
    return this.items().some((item) => item.dialog === dialog);
  }

  /**
   * The last word counts.
   * @param {string} dialog
   * @param {Rating} rating
   */
  keep(dialog, rating) {
    this.#shelf.set(`rating:${dialog}`, rating);
  }

  /** @param {string} dialog */
  drop(dialog) {
    this.#shelf.remove(`rating:${dialog}`);
  }
}

/**
 * What says a rating.
 * @param {Rating & {dialog: string}} rating
 * @returns {CustomerFrame}
 */
function rateFrame({ dialog, stars, note, answers }) {
  return { t: 'rate', dialog, stars, note: note === '' ? null : note, answers };
}
