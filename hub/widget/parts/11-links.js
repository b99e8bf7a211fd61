// Where files can be fetched.

/** Asks the hub, once for each file however many want it, and again over each new connection. */
class FileLinks {
  /** @type {Map<string, Array<(link: LinkFrame) => void>>} */ #wanted = new Map();
  /** @type {(file: string) => void} */ #ask;

  /** @param {(file: string) => void} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /**
   * @param {string} file
   * @param {(link: LinkFrame) => void} then
   */
  want(file, then) {
    const waiting = this.#wanted.get(file);
    if (waiting !== undefined) return void waiting.push(then);
    this.#wanted.set(file, [then]);
    this.#ask(file);
  }

  askAgain() {
    for (const file of this.#wanted.keys()) this.#ask(file);
  }

  /** @param {LinkFrame} frame */
  come(frame) {
    const waiting = this.#wanted.get(frame.file) ?? [];
    this.#wanted.delete(frame.file);
    for (const then of waiting) then(frame);
  }
}
