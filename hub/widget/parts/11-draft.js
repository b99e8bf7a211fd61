// Draft.

/** The hub passes on one a second; a little more, so that none is dropped for coming early. */
const DRAFT_EVERY_MS = 1100;
const DRAFT_IDLE_MS = 5000;

/** Tells the hub what is being typed: at most once a second, and that it stopped after five. */
class Draft {
  /** @type {(text: string | null) => void} */ #say;
  /** @type {string | null} */ #said = null;
  /** @type {string | null} */ #text = null;
  /** @type {number} */ #saidAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #next;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #idle;

  /** @param {(text: string | null) => void} say */
  constructor(say) {
    this.#say = say;
  }

  /** @param {string} text */
  typed(text) {
    this.#text = isBlank(text) ? null : firstChars(storedText(text), DRAFT_CHARS);
    clearTimeout(this.#idle);
    if (this.#text !== null) this.#idle = setTimeout(() => this.finish(), DRAFT_IDLE_MS);
    if (this.#next !== undefined) return;
    const wait = Math.max(0, this.#saidAt + DRAFT_EVERY_MS - Date.now());
    if (wait === 0) this.#tell();
    else this.#next = setTimeout(() => this.#tell(), wait);
  }

  /** Nothing is being typed any more: it was sent, cleared or left alone. */
  finish() {
    this.#cancel();
    this.#text = null;
    this.#tell();
  }

  #tell() {
    this.#next = undefined;
    if (this.#text === this.#said) return;
    this.#said = this.#text;
    this.#saidAt = Date.now();
    this.#say(this.#text);
  }

  #cancel() {
    clearTimeout(this.#next);
    clearTimeout(this.#idle);
    this.#next = undefined;
  }
}
