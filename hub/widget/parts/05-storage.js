// Storage.

/** What is kept on this device, under one prefix. Where the browser refuses to keep things, memory serves. */
class Shelf {
  /** @type {Map<string, string>} */ #memory = new Map();
  /** @type {Storage | null} */ #storage;
  /** @type {string} */ #prefix;

  /**
   * @param {() => Storage} open may throw
   * @param {string} prefix
   */
  constructor(open, prefix) {
    this.#prefix = prefix;
    try {
      this.#storage = open();
      this.#storage.getItem(prefix);
    } catch {
      this.#storage = null;
    }
  }

  /**
   * @param {string} key
   * @returns {any} the value, or `undefined` if there is none or it is damaged
   */
  get(key) {
    try {
      const text = this.#memory.get(key) ?? this.#storage?.getItem(this.#prefix + key);
      return text == null ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  set(key, value) {
    const text = JSON.stringify(value);
    try {
      if (this.#storage === null) throw new Error('nothing to keep it on');
      this.#storage.setItem(this.#prefix + key, text);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, text);
    }
  }

  /** @param {string} key */
  remove(key) {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(this.#prefix + key);
    } catch {
      // It could not be written either, so nothing comes back.
    }
  }

  /**
   * The keys that begin so, sorted.
   * @param {string} start
   */
  keys(start) {
    const keys = new Set(this.#memory.keys());
    try {
      for (let at = 0; at < (this.#storage?.length ?? 0); at += 1) {
        const key = this.#storage?.key(at) ?? '';
        if (key.startsWith(this.#prefix)) keys.add(key.slice(this.#prefix.length));
      }
    } catch {
      // Memory is all there is.
    }
    return [...keys].filter((key) => key.startsWith(start)).sort();
  }

  /**
   * Whether a `storage` event of another tab concerns this shelf.
   * @param {StorageEvent} event
   */
  concerns(event) {
    return event.key === null || event.key.startsWith(this.#prefix);
  }
}
