// Links: two ways to the hub that look the same.

/**
 * @typedef {object} LinkEvents
 * @property {() => void} opened frames can be said
 * @property {(frame: HubFrame) => void} heard
 * @property {(never: boolean) => void} closed once, and the last event; `never`: nothing answered in time
 *
 * @typedef {object} Link
 * @property {'socket' | 'poll'} kind
 * @property {(frame: CustomerFrame) => void} say
 * @property {() => void} close without an event
 */

const SOCKET_OPENS_MS = 5000;

/** A WebSocket. @implements {Link} */
class SocketLink {
  /** @type {'socket'} */ kind = 'socket';
  /** @type {WebSocket} */ #socket;
  /** @type {LinkEvents | null} */ #events;
  /** @type {ReturnType<typeof setTimeout>} */ #opening;

  /**
   * @param {URL} hub
   * @param {LinkEvents} events
   */
  constructor(hub, events) {
    this.#events = events;
    const address = new URL('widget/v1/socket', hub);
    address.protocol = hub.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#socket = new WebSocket(address);
    this.#opening = setTimeout(() => this.#end(true), SOCKET_OPENS_MS);
    this.#socket.onopen = () => {
      clearTimeout(this.#opening);
      this.#events?.opened();
    };
    this.#socket.onmessage = (event) => {
      const frame = parseFrame(event.data);
      if (frame !== null) this.#events?.heard(frame);
    };
    this.#socket.onclose = () => this.#end(false);
  }

  /** @param {CustomerFrame} frame */
  say(frame) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  close() {
    this.#events = null;
    this.#end(false);
  }

  /** @param {boolean} never */
  #end(never) {
    clearTimeout(this.#opening);
    const events = this.#events;
    this.#events = null;
    this.#socket.onclose = null;
    this.#socket.close();
    events?.closed(never);
  }
}

/** The longest an exchange may take: the hub holds a waiting one for 20 s. */
const EXCHANGE_MS = 35_000;
/** The least time between two waiting exchanges that brought nothing. */
const POLL_EVERY_MS = 250;

/**
 * Long polling, where a WebSocket does not get through: one exchange waits for news, another says what there is to
 * say. Answers may overtake each other; a position that does not fit is noticed above and asked for again.
 * @implements {Link}
 */
class PollLink {
  /** @type {'poll'} */ kind = 'poll';
  /** @type {URL} */ #address;
  /** @type {LinkEvents | null} */ #events;
  /** @type {string | null} */ #session = null;
  /** @type {CustomerFrame[]} */ #outgoing = [];
  /** @type {boolean} */ #saying = false;
  /** @type {AbortController} */ #ended = new AbortController();

  /**
   * @param {URL} hub
   * @param {LinkEvents} events
   */
  constructor(hub, events) {
    this.#events = events;
    this.#address = new URL('widget/v1/exchange', hub);
    queueMicrotask(() => this.#events?.opened());
  }

  /** @param {CustomerFrame} frame */
  say(frame) {
    this.#outgoing.push(frame);
    if (!this.#saying) void this.#sayAll();
  }

  close() {
    this.#events = null;
    this.#ended.abort();
  }

  async #sayAll() {
    this.#saying = true;
    while (this.#outgoing.length > 0 && this.#events !== null) {
      const first = this.#session === null;
      await this.#exchange(false, this.#outgoing.splice(0));
      if (first && this.#session !== null) void this.#listen();
    }
    this.#saying = false;
  }

  async #listen() {
    while (this.#events !== null) {
      const asked = Date.now();
      const frames = await this.#exchange(true, []);
      // Whoever answers at once and says nothing is not asked again at once.
      if (frames === 0 && Date.now() - asked < POLL_EVERY_MS) await pause(POLL_EVERY_MS);
    }
  }

  /**
   * @param {boolean} wait
   * @param {CustomerFrame[]} frames
   * @returns {Promise<number>} how many frames came
   */
  async #exchange(wait, frames) {
    try {
      const response = await fetch(this.#address, {
        method: 'POST',
        // A type that needs no permission asked first; the hub reads it as JSON all the same.
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify({ session: this.#session, wait, frames }),
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(EXCHANGE_MS)]),
      });
      if (!response.ok) throw new Error(`the hub answered ${response.status}`);
      const answer = await response.json();
      this.#session = String(answer.session);
      const values = Array.isArray(answer.frames) ? answer.frames : [];
      for (const value of values) {
        const frame = soundFrame(value);
        if (frame !== null) this.#events?.heard(frame);
      }
      return values.length;
    } catch {
      const events = this.#events;
      this.close();
      events?.closed(false);
      return 0;
    }
  }
}

/** @param {unknown} text */
function parseFrame(text) {
  try {
    return soundFrame(JSON.parse(String(text)));
  } catch {
    return null;
  }
}

/**
 * How a line stands. An older hub tells only who is there; what a newer one tells besides is not known here, and then that
 * is all there is, or nothing.
 * @param {unknown} state
 * @param {unknown} availability
 * @returns {LineState | null}
 */
function soundLine(state, availability) {
  const known = /** @type {LineState[]} */ (['online', 'busy_online', 'offline', 'busy_offline']).find((line) => line === availability);
  return known ?? (state === 'online' || state === 'offline' ? state : null);
}

/**
 * A frame as this widget understands it, safe to work with; `null` for anything else, which is passed over.
 * @param {any} value
 * @returns {HubFrame | null}
 */
function soundFrame(value) {
  switch (value?.t) {
    case 'welcome': {
      const sound = typeof value.token === 'string' && Number.isFinite(value.beat_ms);
      const { files: _files, survey: _survey, line: _line, availability: _availability, departments: _departments, forms: _forms, ...rest } = value;
      return sound ? { ...rest, ...soundRules(value), desk: cleanName(value.desk), dialog: soundHead(value.dialog) } : null;
    }
    case 'messages': {
      const numbered = Number.isInteger(value.after) && Number.isInteger(value.upto);
      const sound = typeof value.dialog === 'string' && numbered && Array.isArray(value.items);
      return sound ? { ...value, items: value.items.filter(isMessage) } : null;
    }
    case 'changed': {
      const sound = typeof value.dialog === 'string' && Array.isArray(value.items);
      return sound ? { ...value, items: value.items.filter(isMessage) } : null;
    }
    case 'link': {
      const text = (/** @type {unknown} */ address) => (typeof address === 'string' ? address : null);
      return typeof value.file === 'string' ? { t: 'link', file: value.file, address: text(value.address), thumbnail: text(value.thumbnail) } : null;
    }
    case 'blocked':
      return { t: 'blocked', on: value.on === true };
    case 'forms':
      return { t: 'forms', ...soundForms(value) };
    case 'line':
      return { t: 'line', state: soundLine(value.state, value.availability) };
    case 'desk':
      return { t: 'desk', name: cleanName(value.name) };
    case 'dialog': {
      const head = soundHead(value);
      return head === null ? null : { t: 'dialog', ...head };
    }
    case 'go': {
      const address = typeof value.address === 'string' ? linkTarget(value.address) : null;
      return address === null ? null : { t: 'go', address };
    }
    case 'typing':
      return { t: 'typing', on: value.on === true, name: cleanName(value.name) };
    case 'result':
      return typeof value.id === 'string' ? soundResult(value) : null;
    case 'beat':
      return { t: 'beat' };
    case 'bye':
      return typeof value.code === 'string' ? { ...value, retry_after_ms: Number(value.retry_after_ms) || 0 } : null;
    default:
      return null;
  }
}

/**
 * @param {any} value
 * @returns {ResultFrame}
 */
function soundResult({ wrong, ...result }) {
  const field = soundWrong(wrong);
  return field === null ? result : { ...result, wrong: field };
}

/**
 * @param {any} value
 * @returns {DialogHead | null}
 */
function soundHead(value) {
  if (typeof value?.id !== 'string') return null;
  const count = (/** @type {unknown} */ number) => (Number.isInteger(number) ? Number(number) : 0);
  return {
    id: value.id,
    number: count(value.number),
    operator: cleanName(value.operator) || null,
    closed: value.closed === true,
    read_by_operator: count(value.read_by_operator),
    last_seq: count(value.last_seq),
    ...(Number.isInteger(value.stars) ? { stars: value.stars } : {}),
  };
}

/**
 * What the centre wants and has, as far as a welcome says it.
 * @param {any} value
 */
function soundRules({ files, survey, line, availability, forms }) {
  const texts = (/** @type {any} */ list) => (Array.isArray(list) ? list.filter((text) => typeof text === 'string') : []);
  const rules = {};
  if (Number.isFinite(files?.most_bytes)) Object.assign(rules, { files: { most_bytes: files.most_bytes, media: texts(files.media) } });
  if (typeof survey?.stars === 'boolean') Object.assign(rules, { survey: { stars: survey.stars, questions: texts(survey.questions) } });
  const stands = soundLine(line, availability);
  if (stands !== null) Object.assign(rules, { line: stands });
  if (forms != null) Object.assign(rules, { forms: soundForms(forms) });
  return rules;
}
