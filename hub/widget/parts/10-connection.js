// Connection.

/**
 * @typedef {'idle' | 'connecting' | 'live' | 'waiting' | 'outdated'} ConnectionState
 *
 * @typedef {object} ConnectionEvents
 * @property {(attempt: AbortSignal) => Promise<unknown>} ready whatever has to happen before a link is opened
 * @property {() => HelloFrame} hello what to say first
 * @property {(frame: HubFrame) => void} heard
 * @property {(state: ConnectionState) => void} changed
 */

const BACKOFF_BASE_MS = 1000;
const BACKOFF_CAP_MS = 10_000;
/** A link that lives shorter than this "died at once". */
const SHORT_LIFE_MS = 3000;
/** How long a hub may take for `welcome`, and for a `beat` it was asked for. */
const ANSWER_MS = 8000;
/** How long a working long poll is left alone before a WebSocket is tried again. */
const SOCKET_AGAIN_MS = 5 * 60_000;
/** A hub that speaks another version is asked again this rarely. */
const OUTDATED_MS = 60_000;

/**
 * How long to wait before the next try: full jitter, so that a restarted hub is not met by everybody at once.
 * @param {number} attempt from 0
 * @param {number} notBefore the hub's wish, in milliseconds
 * @param {number} chance from 0 to 1
 */
const backoff = (attempt, notBefore, chance) =>
  notBefore + chance * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 10));

/** Keeps a way to the hub open: chooses the kind of link, notices a dead one, comes back. */
class Connection {
  /** @type {ConnectionState} */ state = 'idle';
  /** @type {URL} */ #hub;
  /** @type {ConnectionEvents} */ #events;
  /** @type {Link | null} */ #link = null;
  /** @type {AbortController} */ #attemptEnds = new AbortController();
  /** @type {number} */ #attempt = 0;
  /** @type {number} Sockets in a row that did not open or died at once. */ #badSockets = 0;
  /** @type {number} */ #openedAt = 0;
  /** @type {number} */ #heardAt = 0;
  /** @type {number} */ #beatMs = 25_000;
  /** @type {number} */ #notBefore = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} The one thing waited for: welcome, beat or the next try. */ #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #upgrade;
  /** @type {Link | null} */ #probe = null;

  /**
   * @param {URL} hub
   * @param {ConnectionEvents} events
   */
  constructor(hub, events) {
    this.#hub = hub;
    this.#events = events;
  }

  /** Begins; a second call does nothing. */
  start() {
    if (this.state === 'idle') void this.#connect();
  }

  /** Lets go, without coming back by itself. */
  stop() {
    this.#drop();
    this.#become('idle');
  }

  /** Says a frame if the link is live. */
  say(/** @type {CustomerFrame} */ frame) {
    if (this.state === 'live') this.#link?.say(frame);
  }

  /** Something changed (network back, page shown): try now, or find out whether the link still lives. */
  wake() {
    if (this.state === 'waiting' && Date.now() >= this.#notBefore) void this.#connect();
    else if (this.state === 'live') this.#ask();
  }

  /** The link is no good any more: take a new one at once. */
  restart() {
    this.#drop();
    void this.#connect();
  }

  /** The link is no good any more, and the next may not be better: take a new one after a while. */
  retreat() {
    this.#lost();
  }

  async #connect() {
    clearTimeout(this.#timer);
    const attempt = new AbortController();
    this.#attemptEnds = attempt;
    this.#become('connecting');
    await this.#events.ready(attempt.signal);
    if (!attempt.signal.aborted) this.#open();
  }

  #open() {
    const Kind = this.#badSockets >= 2 ? PollLink : SocketLink;
    this.#openedAt = 0;
    try {
      this.#link = new Kind(this.#hub, {
        opened: () => this.#introduce(),
        heard: (frame) => this.#heard(frame),
        closed: (never) => {
          // Something on the way swallows WebSockets: no second try.
          if (never) this.#badSockets = 2;
          this.#lost();
        },
      });
    } catch {
      // A site's policy may forbid the address outright; the other kind may still be allowed.
      this.#lost();
    }
  }

  #introduce() {
    this.#openedAt = Date.now();
    this.#link?.say(this.#events.hello());
    this.#timer = setTimeout(() => this.#lost(), ANSWER_MS);
  }

  /** @param {HubFrame} frame */
  #heard(frame) {
    this.#heardAt = Date.now();
    if (frame.t === 'bye') return this.#dismissed(frame.code, frame.retry_after_ms ?? 0);
    if (frame.t === 'welcome') {
      this.#attempt = 0;
      this.#beatMs = Math.max(1000, frame.beat_ms);
      if (this.#link?.kind === 'poll') this.#planUpgrade();
      this.#events.heard(frame);
      this.#become('live');
      this.#watch();
    } else {
      this.#events.heard(frame);
    }
  }

  /** Expects to hear something within two beats and a half. */
  #watch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (Date.now() - this.#heardAt < this.#beatMs * 2) this.#watch();
      else this.#ask();
    }, this.#beatMs * 2.5);
  }

  /** A page that slept wakes with an old clock, so the link is asked before it is given up. */
  #ask() {
    clearTimeout(this.#timer);
    const asked = Date.now();
    this.#link?.say({ t: 'beat' });
    this.#timer = setTimeout(() => (this.#heardAt >= asked ? this.#watch() : this.#lost()), ANSWER_MS);
  }

  /**
   * @param {string} code
   * @param {number} retryAfterMs
   */
  #dismissed(code, retryAfterMs) {
    if (code === 'protocol' && this.state === 'live') {
      this.#lost(Math.max(BACKOFF_CAP_MS, retryAfterMs));
    } else if (code === 'protocol') {
      this.#drop();
      this.#become('outdated');
      this.#timer = setTimeout(() => void this.#connect(), backoff(10, Math.max(OUTDATED_MS, retryAfterMs), Math.random()));
    } else if (code === 'session') {
      this.restart();
    } else {
      this.#lost(retryAfterMs);
    }
  }

  /** @param {number} [retryAfterMs] */
  #lost(retryAfterMs = 0) {
    const kind = this.#link?.kind ?? (this.#badSockets >= 2 ? 'poll' : 'socket');
    const diedAtOnce = this.#openedAt !== 0 && Date.now() - this.#openedAt < SHORT_LIFE_MS;
    if (kind === 'poll') this.#badSockets = 0;
    else if (this.#openedAt === 0 && retryAfterMs === 0) this.#badSockets += 1;
    else this.#badSockets = diedAtOnce && retryAfterMs === 0 ? this.#badSockets + 1 : 0;
    this.#drop();
    const delay = backoff(this.#attempt, retryAfterMs, Math.random());
    this.#attempt += 1;
    this.#notBefore = Date.now() + retryAfterMs;
    this.#become('waiting');
    this.#timer = setTimeout(() => void this.#connect(), delay);
  }

  #drop() {
    this.#attemptEnds.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#upgrade);
    this.#probe?.close();
    this.#probe = null;
    this.#link?.close();
    this.#link = null;
  }

  /** Long polling works, but a WebSocket is better: look for one from time to time, and change over if it opens. */
  #planUpgrade() {
    clearTimeout(this.#upgrade);
    this.#upgrade = setTimeout(() => {
      this.#probe = new SocketLink(this.#hub, {
        opened: () => {
          this.#badSockets = 0;
          this.restart();
        },
        heard: () => {},
        closed: () => this.#planUpgrade(),
      });
    }, SOCKET_AGAIN_MS);
  }

  /** @param {ConnectionState} state */
  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#events.changed(state);
  }
}
