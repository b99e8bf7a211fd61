// Uploads.

/**
 * @typedef {object} Upload a file on its way to the hub
 * @property {string} key
 * @property {File} file
 * @property {number} at
 * @property {number} done bytes that have gone
 * @property {string} [refused] why the hub does not take it
 */

/** Nothing went for so long: it is tried again when the link is live. */
const UPLOAD_SILENCE_MS = 30_000;
/** What the hub answers to an upload, for good. Everything else passes. */
const UPLOAD_REFUSALS = ['forbidden', 'empty', 'too_large', 'media'];

/** Files on their way, one at a time, in the order they were chosen. They live as long as the page. */
class Uploads {
  /** @type {Upload[]} */ items = [];
  /** @type {URL} */ #hub;
  /** @type {() => void} */ #changed;
  /** @type {(file: Attachment) => void} */ #arrived;
  /** @type {XMLHttpRequest | null} */ #going = null;
  /** @type {number} */ #count = 0;

  /**
   * @param {URL} hub
   * @param {() => void} changed
   * @param {(file: Attachment) => void} arrived
   */
  constructor(hub, changed, arrived) {
    this.#hub = hub;
    this.#changed = changed;
    this.#arrived = arrived;
  }

  /**
   * @param {File} file
   * @param {FilesAllowed} allowed
   * @param {number} now
   */
  add(file, allowed, now) {
    this.#count += 1;
    const key = `upload ${this.#count}`;
    this.items.push({ key, file, at: now, done: 0, refused: refusalOf(file, allowed) });
    this.#changed();
  }

  /** @param {string} key */
  remove(key) {
    if (this.#head()?.key === key) this.#going?.abort();
    this.items = this.items.filter((item) => item.key !== key);
    this.#changed();
  }

  #head() {
    return this.items.find((item) => item.refused === undefined);
  }

  /**
   * Sends the next one, if none is on its way.
   * @param {string | null} token
   */
  go(token) {
    const item = this.#head();
    if (this.#going !== null || item === undefined || token === null) return;
    const request = new XMLHttpRequest();
    this.#going = request;
    const address = new URL('widget/v1/files', this.#hub);
    address.searchParams.set('name', item.file.name);
    request.open('POST', address);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    let late = 0;
    const stillGoing = () => {
      clearTimeout(late);
      late = Number(setTimeout(() => request.abort(), UPLOAD_SILENCE_MS));
    };
    request.upload.onprogress = (event) => {
      stillGoing();
      item.done = event.loaded;
      this.#changed();
    };
    request.onloadend = () => {
      clearTimeout(late);
      this.#going = null;
      if (this.items.includes(item)) this.#ended(item, request.status, request.responseText, token);
      else this.go(token);
    };
    stillGoing();
    request.send(item.file);
  }

  /**
   * @param {Upload} item
   * @param {number} status
   * @param {string} answer
   * @param {string} token
   */
  #ended(item, status, answer, token) {
    const said = parseJson(answer);
    const file = status === 200 ? soundAttachment(said) : null;
    if (file !== null) {
      this.items = this.items.filter((other) => other !== item);
      this.#arrived(file);
    } else if (UPLOAD_REFUSALS.includes(said?.code)) {
      item.refused = `file_${said.code}`;
    } else {
      item.done = 0;
      // The next sign of life of the link tries again, too.
      setTimeout(() => this.go(token), Math.max(TOO_FAST_MS, Number(said?.retry_after_ms) || 0));
      return this.#changed();
    }
    this.#changed();
    this.go(token);
  }
}

/**
 * Why the hub would not take a file, as far as can be told before it goes.
 * @param {{size: number, type: string}} file
 * @param {FilesAllowed} allowed
 */
function refusalOf({ size, type }, { most_bytes, media }) {
  if (size === 0) return 'file_empty';
  if (size > most_bytes) return 'file_too_large';
  const fits = (/** @type {string} */ rule) => (rule.endsWith('/*') ? rule === '*/*' || type.startsWith(rule.slice(0, -1)) : rule === type);
  // The browser guesses by the name: only the hub knows. What has no type is left to it.
  return media.length === 0 || type === '' || media.some(fits) ? undefined : 'file_media';
}

/** @param {string} text @returns {any} */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * A file as this widget understands it; `null` for anything else.
 * @param {any} value
 * @returns {Attachment | null}
 */
function soundAttachment(value) {
  if (typeof value?.id !== 'string' || typeof value.name !== 'string' || !Number.isFinite(value.size)) return null;
  const { id, size, state } = value;
  const pixels = Array.isArray(value.pixels) && value.pixels.every(Number.isInteger) ? value.pixels : null;
  return { id, name: cleanName(value.name), media: String(value.media ?? ''), size, state: String(state ?? ''), pixels };
}
