// Ids.

/** Makes ids (UUID v7). No two carry the same millisecond, so they sort in the order they were made. */
class ClientIds {
  /** @type {number} */ #stamp = 0;

  /**
   * @param {number} now milliseconds since the Unix epoch
   * @param {string | undefined} last an id that the new one must follow, whatever the clock says
   */
  next(now, last) {
    const floor = last === undefined ? 0 : parseInt(last.slice(0, 8) + last.slice(9, 13), 16);
    this.#stamp = Math.max(now, this.#stamp + 1, floor + 1);
    const bytes = crypto.getRandomValues(new Uint8Array(10));
    bytes[0] = 0x70 | (bytes[0] & 0x0f);
    bytes[2] = 0x80 | (bytes[2] & 0x3f);
    const hex = this.#stamp.toString(16).padStart(12, '0') + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
}
