// An operator sends the customer to another page of the site.

/** As long stands where it goes before it goes: enough to be read. */
const GOING_MS = 1200;

/** Goes, if this is the page that the customer looks at; a hidden one stays where it is, then and later. */
class Going {
  /** @type {string | null} The host of the page that is gone to. */ host = null;
  /** @type {Surroundings} */ #around;
  /** @type {() => void} */ #changed;

  /**
   * @param {Surroundings} around
   * @param {() => void} changed
   */
  constructor(around, changed) {
    this.#around = around;
    this.#changed = changed;
  }

  /** @param {string} address one of the web */
  to(address) {
    if (this.host !== null || !this.#around.isLookedAt()) return;
    this.host = new URL(address).host;
    this.#changed();
    setTimeout(() => {
      this.host = null;
      if (this.#around.isLookedAt()) this.#around.go(address);
      this.#changed();
    }, GOING_MS);
  }
}
