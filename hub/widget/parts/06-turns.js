// Turns between the tabs of one site.

const LEASE_MS = 5000;

/** Something only one tab does at a time. By the browser's locks; by a lease on the shelf where there are none. */
class Turn {
  /** @type {string} */ #name;
  /** @type {Shelf} */ #shelf;
  /** @type {LockManager | undefined} */ #locks;
  /** @type {string} */ #tab = Math.random().toString(36).slice(2);

  /**
   * @param {string} name
   * @param {Shelf} shelf
   * @param {LockManager | undefined} locks
   */
  constructor(name, shelf, locks) {
    this.#name = name;
    this.#shelf = shelf;
    this.#locks = locks;
  }

  /**
   * Waits for the turn.
   * @param {AbortSignal} signal gives up waiting
   * @returns {Promise<(() => void) | null>} gives the turn back; `null` if given up
   */
  take(signal) {
    return this.#locks === undefined ? this.#lease(signal) : this.#lock(this.#locks, signal);
  }

  /**
   * @param {LockManager} locks
   * @param {AbortSignal} signal
   * @returns {Promise<(() => void) | null>}
   */
  #lock(locks, signal) {
    return new Promise((taken) => {
      const held = () => new Promise((release) => taken(() => release(undefined)));
      locks.request(`otklik:${this.#name}`, { signal }, held).catch(() => taken(null));
    });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<(() => void) | null>}
   */
  async #lease(signal) {
    const key = `turn:${this.#name}`;
    const renew = () => this.#shelf.set(key, { tab: this.#tab, until: Date.now() + LEASE_MS });
    while (!signal.aborted) {
      const lease = this.#shelf.get(key);
      if (lease === undefined || lease.tab === this.#tab || !(lease.until > Date.now())) {
        renew();
        // Two tabs may have written at once: the later writer has it.
        await pause(30);
        if (this.#shelf.get(key)?.tab === this.#tab) break;
      }
      await pause(200);
    }
    if (signal.aborted) return null;
    const renewal = setInterval(renew, LEASE_MS / 4);
    return () => {
      clearInterval(renewal);
      if (this.#shelf.get(key)?.tab === this.#tab) this.#shelf.remove(key);
    };
  }
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
