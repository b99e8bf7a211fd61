// Otklik's chat widget: what a customer sees on a site that embeds
//
//     <script src="https://hub.example/widget.js" async></script>
//
// One file, no dependency, no build step. It knows the customers' half of the hub's protocol (docs/protocol.md) and
// the page it stands on; it must not know operators' frames, load anything from anywhere, or read the page around it.
//
// What it promises: what the customer has written is kept on this device until the hub has stored it, goes out one at
// a time in the order it was written, and reaches the hub once: a repeat after a lost answer carries the same id.
//
// From the inside out: words, text rules, ids, storage, turns between tabs, the outbox, the conversation, the two
// kinds of link, the connection, the draft, the chat that ties them together, and the view.
//
// Attributes of the script element: `data-title` (heading), `data-color` (`#rgb` or `#rrggbb`), `data-open` (open at
// once). API: `Otklik.open()`, `Otklik.close()`.
(() => {
  'use strict';

  // ── The protocol's words ───────────────────────────────────────────────────────────────────────────────────────

  /**
   * @typedef {{dialog: string, upto: number}} Shown
   * @typedef {{url: string, title: string}} SitePage
   * @typedef {{t: 'hello', protocol: number, token: string | null, after: Shown | null, language: string, page: SitePage}} HelloFrame
   * @typedef {HelloFrame
   *   | {t: 'send', id: string, text: string}
   *   | {t: 'draft', text: string | null}
   *   | {t: 'seen', delivered: number, read: number}
   *   | ({t: 'page'} & SitePage)
   *   | {t: 'beat'}} CustomerFrame
   *
   * @typedef {{id: string, number: number, operator: string | null, closed: boolean, read_by_operator: number, last_seq: number}} DialogHead
   * @typedef {{id: string, client_id: string | null, seq: number, from: string, name: string | null, text: string, at: number}} Message
   * @typedef {{t: 'welcome', protocol: number, token: string, desk: string, text_chars: number, beat_ms: number, dialog: DialogHead | null}} WelcomeFrame
   * @typedef {{t: 'messages', dialog: string, after: number, upto: number, items: Message[]}} MessagesFrame
   * @typedef {{t: 'result', id: string, seq?: number | null, at?: number | null, refused?: string | null}} ResultFrame
   * @typedef {WelcomeFrame
   *   | MessagesFrame
   *   | ({t: 'dialog'} & DialogHead)
   *   | {t: 'typing', on: boolean, name: string}
   *   | ResultFrame
   *   | {t: 'beat'}
   *   | {t: 'bye', code: string, retry_after_ms?: number | null}} HubFrame
   */

  const PROTOCOL = 1;
  /** The longest preview of an unfinished text, in Unicode scalar values. */
  const DRAFT_CHARS = 2000;
  /** Until the hub has said how long a text may be. */
  const TEXT_CHARS = 32000;

  /** @typedef {'queued' | 'sending' | 'sent' | 'read' | 'refused'} OwnState */

  // ── What the customer reads ────────────────────────────────────────────────────────────────────────────────────

  const RUSSIAN = {
    tag: 'ru',
    title: 'Напишите нам',
    open: 'Открыть чат',
    close: 'Закрыть чат',
    log: 'Переписка',
    greeting: 'Здравствуйте!',
    invitation: 'Задайте вопрос, ответит человек. Переписка сохранится, даже если закрыть страницу.',
    placeholder: 'Сообщение',
    send: 'Отправить',
    hint: 'Enter отправляет, Shift+Enter переносит строку',
    you: 'Вы',
    operator: 'Оператор',
    today: 'Сегодня',
    yesterday: 'Вчера',
    newBelow: 'Новые сообщения',
    connecting: 'Соединяемся…',
    offline: 'Нет связи. Пишите: сообщения сохранятся и уйдут, когда связь вернётся.',
    outdated: 'Чат обновился. Перезагрузите страницу: написанное сохранится.',
    edit: 'Исправить',
    remove: 'Удалить',
    /** @type {Record<OwnState, string>} */
    state: { queued: 'Ждёт отправки', sending: 'Отправляется', sent: 'Доставлено', read: 'Прочитано', refused: 'Не отправлено' },
    /** @type {Record<string, string>} */
    refused: {
      empty: 'Не отправлено: сообщение пустое.',
      too_long: 'Не отправлено: сообщение слишком длинное.',
      blocked: 'Не отправлено: приём сообщений от вас остановлен.',
      other: 'Не отправлено: чат не принял сообщение.',
    },
    /** @param {number} count */
    unread: (count) => {
      const form = new Intl.PluralRules('ru').select(count);
      return `${count} ${form === 'one' ? 'новое сообщение' : form === 'few' ? 'новых сообщения' : 'новых сообщений'}`;
    },
    /** @param {string} name */
    typing: (name) => `${name} печатает…`,
    /** @param {string} name */
    served: (name) => `Вам отвечает ${name}`,
    /** @param {number} left */
    left: (left) => `Осталось знаков: ${left}`,
    /** @param {number} over */
    over: (over) => `Слишком длинно. Лишних знаков: ${over}`,
    /** @type {Record<string, (name: string) => string>} */
    system: {
      accepted: (name) => (name ? `Вам отвечает ${name}` : 'Оператор на связи'),
      transferred: (name) => (name ? `Разговор продолжит ${name}` : 'Разговор передан другому оператору'),
      returned: () => 'Разговор вернулся в очередь, скоро вам ответят',
      closed: () => 'Разговор завершён. Напишите, если появятся вопросы',
      reopened: () => 'Разговор продолжен',
    },
  };

  /** @type {typeof RUSSIAN} */
  const ENGLISH = {
    tag: 'en',
    title: 'Write to us',
    open: 'Open chat',
    close: 'Close chat',
    log: 'Conversation',
    greeting: 'Hello!',
    invitation: 'Ask a question and a person will answer. The conversation is kept even if you close the page.',
    placeholder: 'Message',
    send: 'Send',
    hint: 'Enter sends, Shift+Enter starts a new line',
    you: 'You',
    operator: 'Operator',
    today: 'Today',
    yesterday: 'Yesterday',
    newBelow: 'New messages',
    connecting: 'Connecting…',
    offline: 'No connection. Keep writing: messages are kept and go out when it is back.',
    outdated: 'The chat has been updated. Reload the page: what you wrote is kept.',
    edit: 'Edit',
    remove: 'Delete',
    state: { queued: 'Waiting to be sent', sending: 'Sending', sent: 'Delivered', read: 'Read', refused: 'Not sent' },
    refused: {
      empty: 'Not sent: the message is empty.',
      too_long: 'Not sent: the message is too long.',
      blocked: 'Not sent: messages from you are no longer accepted.',
      other: 'Not sent: the chat did not accept the message.',
    },
    unread: (count) => `${count} new ${count === 1 ? 'message' : 'messages'}`,
    typing: (name) => `${name} is typing…`,
    served: (name) => `${name} is with you`,
    left: (left) => `Characters left: ${left}`,
    over: (over) => `Too long. Characters over: ${over}`,
    system: {
      accepted: (name) => (name ? `${name} is with you now` : 'An operator is with you now'),
      transferred: (name) => (name ? `${name} will take it from here` : 'Another operator will take it from here'),
      returned: () => 'You are back in the queue, somebody will answer soon',
      closed: () => 'The conversation is closed. Write if anything else comes up',
      reopened: () => 'The conversation goes on',
    },
  };

  /**
   * The words for a browser's language.
   * @param {string | undefined} language a BCP 47 tag
   */
  const wordsFor = (language) => (/^ru\b/i.test(language ?? '') ? RUSSIAN : ENGLISH);

  /**
   * A system line in words; `null` for a code of a newer hub, which is not shown.
   * @param {typeof RUSSIAN} words
   * @param {string} text a code, then a space and a name if a person is concerned
   */
  function systemLine(words, text) {
    const space = text.indexOf(' ');
    const code = space < 0 ? text : text.slice(0, space);
    const name = space < 0 ? '' : cleanName(text.slice(space + 1));
    return Object.hasOwn(words.system, code) ? words.system[code](name) : null;
  }

  // ── Rules for texts: the same as the hub's ─────────────────────────────────────────────────────────────────────

  const INVISIBLE =
    /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\u{E0000}-\u{E0FFF}]/gu;

  /**
   * Length in Unicode scalar values, as the hub counts it.
   * @param {string} text
   */
  function charCount(text) {
    let count = 0;
    for (const _ of text) count += 1;
    return count;
  }

  /**
   * The text as it is stored: no NUL, line ends as `\n`, no half of a surrogate pair.
   * @param {string} text
   */
  const storedText = (text) =>
    text.replaceAll('\0', '').replace(/\r\n?/g, '\n').replace(/\p{Surrogate}/gu, '\uFFFD');

  /**
   * Whether nothing in the text can be seen.
   * @param {string} text
   */
  const isBlank = (text) => text.replace(INVISIBLE, '').trim() === '';

  /**
   * The first `max` Unicode scalar values.
   * @param {string} text
   * @param {number} max
   */
  const firstChars = (text, max) => (text.length <= max ? text : Array.from(text.slice(0, max * 2)).slice(0, max).join(''));

  /**
   * A name on one line, without characters that draw nothing or turn the direction of what follows.
   * @param {unknown} name
   */
  const cleanName = (name) =>
    firstChars((typeof name === 'string' ? name : '').replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '').replace(INVISIBLE, '').trim(), 80);

  /** Nothing longer is a link. */
  const LINK_CHARS = 2000;

  /**
   * Cuts a text into plain runs and links. A link is http or https, carries no user name and nothing invisible.
   * @param {string} text
   * @returns {{text: string, href?: string}[]}
   */
  function linkRuns(text) {
    /** @type {{text: string, href?: string}[]} */
    const runs = [];
    let done = 0;
    for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`«»“”„‘’]+/giu)) {
      if (match[0].length > LINK_CHARS) continue;
      const shown = withoutTrailingPunctuation(match[0]);
      const href = linkTarget(shown);
      if (href === null) continue;
      if (match.index > done) runs.push({ text: text.slice(done, match.index) });
      runs.push({ text: shown, href });
      done = match.index + shown.length;
    }
    if (done < text.length) runs.push({ text: text.slice(done) });
    return runs;
  }

  /** @param {string} link */
  function withoutTrailingPunctuation(link) {
    const count = (/** @type {string} */ bracket) => link.split(bracket).length - 1;
    // How many more of each are closed than opened: those belong to the sentence around.
    const surplus = new Map([')', ']', '}'].map((closing, at) => [closing, count(closing) - count('([{'[at])]));
    let end = link.length;
    for (; end > 0; end -= 1) {
      const last = link[end - 1];
      const over = surplus.get(last);
      if (over !== undefined && over > 0) surplus.set(last, over - 1);
      else if (over !== undefined || !'.,:;!?…*_~|\\'.includes(last)) break;
    }
    return link.slice(0, end);
  }

  /** @param {string} link */
  function linkTarget(link) {
    if (link.search(INVISIBLE) >= 0) return null;
    try {
      const url = new URL(link);
      const web = url.protocol === 'http:' || url.protocol === 'https:';
      return web && url.username === '' && url.password === '' ? url.href : null;
    } catch {
      return null;
    }
  }

  // ── Ids ────────────────────────────────────────────────────────────────────────────────────────────────────────

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

  // ── Storage ────────────────────────────────────────────────────────────────────────────────────────────────────

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

  // ── Turns between the tabs of one site ─────────────────────────────────────────────────────────────────────────

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

  // ── Outbox ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @typedef {{id: string, text: string, at: number, refused?: string}} Unsent */

  /**
   * What was written and is not stored by the hub yet. One key a message, so that tabs never overwrite each other;
   * ids sort by time, so the keys' order is the order of writing.
   */
  class Outbox {
    /** @type {Shelf} */ #shelf;
    /** @type {ClientIds} */ #ids = new ClientIds();

    /** @param {Shelf} shelf */
    constructor(shelf) {
      this.#shelf = shelf;
    }

    /** @returns {Unsent[]} oldest first */
    items() {
      return this.#shelf.keys('unsent:').flatMap((key) => {
        const item = this.#shelf.get(key);
        const sound = typeof item?.text === 'string' && Number.isFinite(item.at);
        return sound ? [{ ...item, id: key.slice('unsent:'.length) }] : [];
      });
    }

    /** The next to go out. */
    head() {
      return this.items().find((item) => item.refused === undefined);
    }

    /**
     * @param {string} text
     * @param {number} now
     */
    add(text, now) {
      const id = this.#ids.next(now, this.items().at(-1)?.id);
      this.#shelf.set(`unsent:${id}`, { text, at: now });
      return id;
    }

    /**
     * The hub has stored it, or the customer threw it away.
     * @param {string} id
     */
    remove(id) {
      this.#shelf.remove(`unsent:${id}`);
    }

    /**
     * The hub will never take it: it steps aside and stays on the screen with the reason.
     * @param {string} id
     * @param {string} reason
     */
    refuse(id, reason) {
      const item = this.#shelf.get(`unsent:${id}`);
      if (item !== undefined) this.#shelf.set(`unsent:${id}`, { ...item, refused: reason });
    }
  }

  // ── Conversation ───────────────────────────────────────────────────────────────────────────────────────────────

  /** How much of a conversation is kept on the device, in characters; a longer one is asked for again. */
  const KEPT_CHARS = 200_000;

  /** The conversation as far as it has come, and the position in it. */
  class Conversation {
    /** @type {string | null} */ dialog = null;
    /** @type {number} */ upto = 0;
    /** @type {number} */ read = 0;
    /** @type {DialogHead | null} */ head = null;
    /** @type {Message[]} */ messages = [];
    /** @type {Shelf} */ #shelf;

    /** @param {Shelf} shelf */
    constructor(shelf) {
      this.#shelf = shelf;
      const kept = shelf.get('conversation');
      if (typeof kept?.dialog === 'string' && Number.isInteger(kept.upto) && Array.isArray(kept.messages)) {
        this.dialog = kept.dialog;
        this.upto = kept.upto;
        this.head = soundHead(kept.head);
        this.messages = kept.messages.filter(isMessage);
      }
      this.loadRead();
    }

    /** @returns {Shown | null} */
    shown() {
      return this.dialog === null ? null : { dialog: this.dialog, upto: this.upto };
    }

    /** Operators' messages that the customer has not seen. */
    unread() {
      return this.messages.filter((message) => message.from === 'operator' && message.seq > this.read).length;
    }

    /**
     * Takes the head of a conversation.
     * @param {DialogHead | null} head
     */
    setHead(head) {
      if (head !== null) this.#enter(head.id);
      this.head = head;
      this.#keep();
    }

    /**
     * Takes messages.
     * @param {MessagesFrame} frame
     * @returns {boolean} false if something is missing in between: say hello again
     */
    add(frame) {
      if (frame.dialog !== this.dialog && frame.after !== 0) return false;
      this.#enter(frame.dialog);
      if (frame.after > this.upto) return false;
      const fresh = frame.items.filter((message) => isMessage(message) && message.seq > this.upto);
      this.messages.push(...fresh);
      this.upto = Math.max(this.upto, frame.upto);
      this.#keep();
      return true;
    }

    /** The customer has seen everything shown. Returns whether that is news. */
    markRead() {
      if (this.dialog === null || this.read >= this.upto) return false;
      this.read = this.upto;
      this.#shelf.set('read', { dialog: this.dialog, upto: this.read });
      return true;
    }

    /** Takes over how far another tab has read. */
    loadRead() {
      const kept = this.#shelf.get('read');
      if (kept?.dialog === this.dialog && Number.isInteger(kept?.upto)) this.read = Math.max(this.read, kept.upto);
    }

    /** Another customer, as far as the hub is concerned: nothing shown here is his. */
    forget() {
      this.dialog = null;
      this.head = null;
      this.messages = [];
      this.upto = 0;
      this.read = 0;
      this.#shelf.remove('conversation');
      this.#shelf.remove('read');
    }

    /** @param {string} dialog */
    #enter(dialog) {
      if (this.dialog === dialog) return;
      this.forget();
      this.dialog = dialog;
    }

    #keep() {
      const chars = this.messages.reduce((sum, message) => sum + message.text.length + 200, 0);
      if (this.dialog === null || chars > KEPT_CHARS) {
        this.#shelf.remove('conversation');
      } else {
        const { dialog, upto, head, messages } = this;
        this.#shelf.set('conversation', { dialog, upto, head, messages });
      }
    }
  }

  /**
   * Whether a value has the shape of a message, whoever wrote it.
   * @param {any} value
   * @returns {value is Message}
   */
  function isMessage(value) {
    return (
      typeof value?.id === 'string' &&
      Number.isInteger(value.seq) &&
      typeof value.from === 'string' &&
      typeof value.text === 'string' &&
      Number.isFinite(value.at)
    );
  }

  // ── Links: two ways to the hub that look the same ──────────────────────────────────────────────────────────────

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
   * A frame as this widget understands it, safe to work with; `null` for anything else, which is passed over.
   * @param {any} value
   * @returns {HubFrame | null}
   */
  function soundFrame(value) {
    switch (value?.t) {
      case 'welcome': {
        const sound = typeof value.token === 'string' && Number.isFinite(value.beat_ms);
        return sound ? { ...value, desk: cleanName(value.desk), dialog: soundHead(value.dialog) } : null;
      }
      case 'messages': {
        const numbered = Number.isInteger(value.after) && Number.isInteger(value.upto);
        const sound = typeof value.dialog === 'string' && numbered && Array.isArray(value.items);
        return sound ? { ...value, items: value.items.filter(isMessage) } : null;
      }
      case 'dialog': {
        const head = soundHead(value);
        return head === null ? null : { t: 'dialog', ...head };
      }
      case 'typing':
        return { t: 'typing', on: value.on === true, name: cleanName(value.name) };
      case 'result':
        return typeof value.id === 'string' ? value : null;
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
    };
  }

  // ── Connection ─────────────────────────────────────────────────────────────────────────────────────────────────

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

  // ── Draft ──────────────────────────────────────────────────────────────────────────────────────────────────────

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

  // ── Chat ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * A line of the thread.
   * @typedef {object} Entry
   * @property {string} key the same from the moment of writing to the last mark
   * @property {'own' | 'operator' | 'system'} kind
   * @property {string} name
   * @property {string} text
   * @property {number} at
   * @property {OwnState} [state] of own messages
   * @property {string} [refused]
   *
   * @typedef {object} Surroundings what the chat needs of the page
   * @property {URL} hub
   * @property {Shelf} shelf
   * @property {LockManager | undefined} locks
   * @property {string} language
   * @property {() => SitePage} page
   */

  /** How long the answer to one message may take before the link counts as dead. */
  const RESULT_MS = 15_000;
  /** "Typing" without news for so long is over. */
  const TYPING_MS = 6000;
  const SEEN_AFTER_MS = 100;
  const TOO_FAST_MS = 1500;

  /** The conversation's rules, without a screen. Tells `changed` after each change. */
  class Chat {
    /** @type {Conversation} */ conversation;
    /** @type {Connection} */ connection;
    /** @type {string} The centre's name. */ desk = '';
    /** @type {number} */ textChars = TEXT_CHARS;
    /** @type {string | null} Who is typing. */ typing = null;

    /** @type {Surroundings} */ #around;
    /** @type {() => void} */ #changed;
    /** @type {Outbox} */ #outbox;
    /** @type {Draft} */ #draft;
    /** @type {Turn} One tab makes the acquaintance. */ #firstTurn;
    /** @type {Turn} One tab sends. */ #sendTurn;
    /** @type {(() => void) | null} */ #leaveFirst = null;
    /** @type {AbortSignal} Ends with the present link. */ #attempt = AbortSignal.abort();
    /** @type {string | null} */ #token = null;
    /** @type {Map<string, Unsent>} Stored by the hub, not seen in the conversation yet. */ #stored = new Map();
    /** @type {{id: string, answer: (result: ResultFrame | null) => void} | null} */ #inFlight = null;
    /** @type {boolean} */ #sending = false;
    /** @type {number} */ #gaps = 0;
    /** @type {boolean} */ #attended = false;
    /** @type {{dialog: string, delivered: number, read: number} | null} */ #seen = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ #seenSoon;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ #typingEnds;
    /** @type {string} */ #pageUrl;

    /**
     * @param {Surroundings} around
     * @param {() => void} changed
     */
    constructor(around, changed) {
      this.#around = around;
      this.#changed = changed;
      this.#outbox = new Outbox(around.shelf);
      this.#firstTurn = new Turn(`${around.hub.href} first`, around.shelf, around.locks);
      this.#sendTurn = new Turn(`${around.hub.href} send`, around.shelf, around.locks);
      this.#pageUrl = around.page().url;
      this.conversation = new Conversation(around.shelf);
      this.#draft = new Draft((text) => this.connection.say({ t: 'draft', text }));
      this.connection = new Connection(around.hub, {
        ready: (attempt) => this.#getReady(attempt),
        hello: () => this.#hello(),
        heard: (frame) => this.#heard(frame),
        changed: (state) => this.#connectionChanged(state),
      });
    }

    /** Whether this customer has been here before, so that answers may come while the panel is closed. */
    isKnown() {
      return typeof this.#around.shelf.get('token') === 'string' || this.#outbox.head() !== undefined;
    }

    /** @returns {Entry[]} the thread, oldest first */
    entries() {
      const { messages, head } = this.conversation;
      const echoed = new Set(messages.map((message) => message.client_id));
      const waiting = this.#outbox.items().filter((item) => !echoed.has(item.id) && !this.#stored.has(item.id));
      const stored = [...this.#stored.values()].filter((item) => !echoed.has(item.id));
      return [
        ...messages.map((message) => messageEntry(message, head)),
        ...stored.map((item) => ownEntry(item, 'sent')),
        ...waiting.map((item) => ownEntry(item, this.#stateOf(item))),
      ];
    }

    /**
     * The customer pressed Enter.
     * @param {string} typed
     * @returns {boolean} whether it was taken; if not, the text stays in the composer
     */
    write(typed) {
      const text = storedText(typed);
      if (isBlank(text) || charCount(text) > this.textChars) return false;
      this.notePage();
      this.#outbox.add(text, Date.now());
      this.#draft.finish();
      this.connection.start();
      void this.#sendAll();
      this.#changed();
      return true;
    }

    /** @param {string} text the composer's text as it changes */
    typed(text) {
      this.#draft.typed(text);
    }

    /**
     * Throws away a refused message.
     * @param {string} id
     * @returns {string} its text, for the composer
     */
    takeBack(id) {
      const text = this.#outbox.items().find((item) => item.id === id)?.text ?? '';
      this.#outbox.remove(id);
      this.#changed();
      return text;
    }

    /** @param {boolean} attended whether the customer looks at the thread */
    attend(attended) {
      this.#attended = attended;
      this.#noteSeen();
    }

    /** The customer may have gone to another page of a site that does not reload. */
    notePage() {
      const page = this.#around.page();
      if (page.url === this.#pageUrl) return;
      this.#pageUrl = page.url;
      this.connection.say({ t: 'page', ...page });
    }

    /** Another tab changed what is kept on the device. */
    otherTab() {
      const token = this.#around.shelf.get('token');
      this.conversation.loadRead();
      if (typeof token === 'string') {
        if (this.connection.state === 'idle') this.connection.start();
        else if (this.connection.state === 'live' && token !== this.#token) this.connection.restart();
      }
      void this.#sendAll();
      this.#changed();
    }

    /** @param {Unsent} item @returns {OwnState} */
    #stateOf(item) {
      if (item.refused !== undefined) return 'refused';
      return this.#inFlight?.id === item.id ? 'sending' : 'queued';
    }

    /**
     * Two tabs of a stranger must not become two customers: the first makes the acquaintance, the others wait for the
     * token it gets.
     * @param {AbortSignal} attempt
     */
    async #getReady(attempt) {
      const { shelf } = this.#around;
      this.#attempt = attempt;
      this.#endFirst();
      if (typeof shelf.get('token') === 'string' || this.#token !== null) return;
      const leave = await this.#firstTurn.take(attempt);
      if (attempt.aborted || typeof shelf.get('token') === 'string') leave?.();
      else this.#leaveFirst = leave;
    }

    /** @returns {HelloFrame} */
    #hello() {
      const { shelf, language, page } = this.#around;
      const token = shelf.get('token');
      // Somebody may have cleared what is kept here; this page still remembers.
      if (typeof token === 'string') this.#token = token;
      const after = this.#token === null ? null : this.conversation.shown();
      this.#pageUrl = page().url;
      return { t: 'hello', protocol: PROTOCOL, token: this.#token, after, language, page: page() };
    }

    #endFirst() {
      this.#leaveFirst?.();
      this.#leaveFirst = null;
    }

    /** @param {ConnectionState} state */
    #connectionChanged(state) {
      if (state !== 'connecting') this.#endFirst();
      if (state === 'live') {
        void this.#sendAll();
        this.#noteSeen();
      } else {
        this.#inFlight?.answer(null);
        this.typing = null;
      }
      this.#changed();
    }

    /** @param {HubFrame} frame */
    #heard(frame) {
      switch (frame.t) {
        case 'welcome':
          this.#welcomed(frame);
          break;
        case 'messages':
          this.#arrived(frame);
          break;
        case 'dialog':
          this.conversation.setHead(frame);
          break;
        case 'typing':
          this.#setTyping(frame.on ? frame.name : null);
          break;
        case 'result':
          this.#answered(frame);
          break;
        case 'beat':
        case 'bye':
          return;
      }
      this.#changed();
    }

    /** @param {WelcomeFrame} frame */
    #welcomed(frame) {
      if (this.#token !== frame.token && frame.dialog?.id !== this.conversation.dialog) {
        this.conversation.forget();
        this.#stored.clear();
      }
      this.#token = frame.token;
      if (this.#around.shelf.get('token') !== frame.token) this.#around.shelf.set('token', frame.token);
      this.desk = frame.desk;
      if (Number.isInteger(frame.text_chars) && frame.text_chars > 0) this.textChars = frame.text_chars;
      this.conversation.setHead(frame.dialog);
      this.#seen = null;
    }

    /** @param {MessagesFrame} frame */
    #arrived(frame) {
      if (!this.conversation.add(frame)) return this.#closeGap();
      this.#gaps = 0;
      for (const message of frame.items) {
        if (message.client_id != null) this.#settle({ t: 'result', id: message.client_id, seq: message.seq });
      }
      if (frame.items.some((message) => message.from === 'operator')) this.#setTyping(null);
      this.#noteSeen();
    }

    /** Something between is missing. Asking once more from here closes it; if not, from the beginning. */
    #closeGap() {
      this.#gaps += 1;
      if (this.#gaps === 1) return this.connection.restart();
      this.conversation.forget();
      this.connection.retreat();
    }

    /** @param {string | null} name */
    #setTyping(name) {
      clearTimeout(this.#typingEnds);
      this.typing = name;
      if (name === null) return;
      this.#typingEnds = setTimeout(() => {
        this.typing = null;
        this.#changed();
      }, TYPING_MS);
    }

    #noteSeen() {
      if (this.#attended) this.conversation.markRead();
      if (this.#seenSoon !== undefined) return;
      this.#seenSoon = setTimeout(() => {
        this.#seenSoon = undefined;
        this.#saySeen();
        this.#changed();
      }, SEEN_AFTER_MS);
    }

    #saySeen() {
      const { dialog, upto: delivered, read } = this.conversation;
      if (dialog === null || delivered === 0 || this.connection.state !== 'live') return;
      const seen = this.#seen;
      if (seen?.dialog === dialog && seen.delivered >= delivered && seen.read >= read) return;
      this.#seen = { dialog, delivered, read };
      this.connection.say({ t: 'seen', delivered, read });
    }

    /** @param {ResultFrame} result */
    #answered(result) {
      if (result.refused === 'too_fast') this.#inFlight?.id === result.id && this.#inFlight.answer(result);
      else this.#settle(result);
    }

    /**
     * The fate of a message is known, by its answer or by its echo, whichever came first.
     * @param {ResultFrame} result
     */
    #settle(result) {
      const item = this.#outbox.items().find(({ id }) => id === result.id);
      if (item !== undefined && result.refused == null) {
        this.#stored.set(item.id, item);
        this.#outbox.remove(item.id);
      } else if (item !== undefined) {
        this.#outbox.refuse(item.id, result.refused ?? 'other');
      }
      for (const message of this.conversation.messages) this.#stored.delete(message.client_id ?? '');
      if (this.#inFlight?.id === result.id) this.#inFlight.answer(result);
    }

    /** Sends what waits, oldest first, the next one only when the fate of the one before is known. */
    async #sendAll() {
      if (this.#sending || this.connection.state !== 'live' || this.#outbox.head() === undefined) return;
      this.#sending = true;
      const leave = await this.#sendTurn.take(this.#attempt);
      let tooFast = 0;
      for (let item = this.#outbox.head(); leave !== null && item !== undefined; item = this.#outbox.head()) {
        const result = await this.#sendOne(item);
        if (result === null) break;
        tooFast = result.refused === 'too_fast' ? tooFast + 1 : 0;
        if (tooFast > 0) await pause(backoff(tooFast, TOO_FAST_MS, Math.random()));
      }
      leave?.();
      this.#sending = false;
      // A connection that came back in the meantime found us busy.
      if (this.connection.state === 'live') void this.#sendAll();
    }

    /**
     * @param {Unsent} item
     * @returns {Promise<ResultFrame | null>} `null` if the link died before the answer
     */
    #sendOne(item) {
      return new Promise((done) => {
        if (this.connection.state !== 'live') return done(null);
        const late = setTimeout(() => this.connection.restart(), RESULT_MS);
        this.#inFlight = {
          id: item.id,
          answer: (result) => {
            clearTimeout(late);
            this.#inFlight = null;
            this.#changed();
            done(result);
          },
        };
        this.connection.say({ t: 'send', id: item.id, text: item.text });
        this.#changed();
      });
    }
  }

  /**
   * @param {Message} message
   * @param {DialogHead | null} head
   * @returns {Entry}
   */
  function messageEntry(message, head) {
    const { id, client_id, seq, from, text, at } = message;
    if (from === 'customer') {
      const state = seq <= (head?.read_by_operator ?? 0) ? 'read' : 'sent';
      return { key: client_id ?? id, kind: 'own', name: '', text, at, state };
    }
    return { key: id, kind: from === 'operator' ? 'operator' : 'system', name: cleanName(message.name), text, at };
  }

  /**
   * @param {Unsent} item
   * @param {OwnState} state
   * @returns {Entry}
   */
  function ownEntry(item, state) {
    return { key: item.id, kind: 'own', name: '', text: item.text, at: item.at, state, refused: item.refused };
  }

  // ── View: building blocks ──────────────────────────────────────────────────────────────────────────────────────

  // Sizes are in em of the reader's own text size, so that larger text enlarges everything, whatever the site does
  // with its root element.
  const STYLE = `
    :host {
      all: initial !important; position: fixed !important; inset: auto 0 0 auto !important; z-index: 2147483000 !important;
      display: block !important; direction: ltr !important; color-scheme: light dark; font: medium/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif !important;
      --ground: #fff; --raised: #f2f4f7; --line: #dfe3e9; --ink: #171b22; --dim: #5b6472; --alarm: #b3261e; --shade: 15 23 42;
    }
    @media (prefers-color-scheme: dark) {
      :host { --ground: #181b21; --raised: #262b34; --line: #363d48; --ink: #eceff4; --dim: #a2acba; --alarm: #ff8a80; --shade: 0 0 0; }
    }
    *, ::before, ::after { box-sizing: border-box; margin: 0; }
    [hidden] { display: none !important; }
    button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
    button { border: 0; background: none; padding: 0; cursor: pointer; touch-action: manipulation; }
    svg { display: block; width: 1.25em; height: 1.25em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    :focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
    .said-only, .timeless .meta { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

    .launcher {
      position: absolute; right: 1.25em; bottom: 1.25em; width: 3.5em; height: 3.5em; border-radius: 50%; display: grid; place-items: center;
      background: var(--accent); color: var(--on-accent); box-shadow: 0 .25em 1.25em rgb(var(--shade) / .28); transition: transform .12s ease;
    }
    .launcher:hover { transform: scale(1.05); }
    .launcher svg { width: 1.6em; height: 1.6em; }
    .badge {
      position: absolute; top: -.15em; right: -.15em; min-width: 1.6em; padding: 0 .4em; border-radius: 1em; background: #c62828; color: #fff;
      box-shadow: 0 0 0 2px var(--ground); font-size: .8em; line-height: 1.6; font-weight: 600; text-align: center; font-variant-numeric: tabular-nums;
    }

    .panel {
      position: absolute; right: 1.35em; bottom: 6.15em; width: min(25em, 100vw - 2.7em); height: min(38em, 100dvh - 7.5em); display: flex; flex-direction: column;
      overflow: hidden; border: 1px solid var(--line); border-radius: 1em; background: var(--ground); color: var(--ink); font-size: .9375em;
      box-shadow: 0 .75em 3em rgb(var(--shade) / .22), 0 .1em .4em rgb(var(--shade) / .1); animation: appear .12s ease;
    }
    @keyframes appear { from { opacity: 0; transform: translateY(.5em); } }
    .head { display: flex; align-items: center; gap: .75em; padding: .8em .8em .8em 1em; background: var(--accent); color: var(--on-accent); }
    .face { flex: none; display: grid; place-items: center; width: 2.5em; height: 2.5em; border-radius: 50%; background: color-mix(in srgb, var(--on-accent) 18%, transparent); font-weight: 600; }
    .names { flex: 1; min-width: 0; }
    .names h2 { font-size: 1em; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; }
    .names p { font-size: .85em; line-height: 1.35; overflow-wrap: anywhere; }
    .head button { flex: none; padding: .5em; border-radius: .5em; }
    .head button:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
    .head :focus-visible { outline-color: currentColor; outline-offset: 0; }

    .thread { position: relative; flex: 1; min-height: 0; display: flex; }
    .log { flex: 1; min-width: 0; overflow: hidden auto; overscroll-behavior: contain; padding: 1em; display: flex; flex-direction: column; }
    .log:focus-visible { outline-offset: -3px; }
    .log > :first-child { margin-top: auto; }
    .greeting { padding: .5em 1em 1em; text-align: center; text-wrap: balance; color: var(--dim); margin-bottom: auto; }
    .greeting strong { display: block; margin-bottom: .25em; font-size: 1.2em; font-weight: 600; color: var(--ink); }
    .day, .system { align-self: center; max-width: 100%; margin: 1em 0 .5em; font-size: .8em; color: var(--dim); text-align: center; overflow-wrap: anywhere; }
    .day { padding: .15em .8em; border-radius: 1em; background: var(--raised); }
    .row { position: relative; max-width: 86%; margin-top: .75em; display: flex; flex-direction: column; align-items: flex-start; align-self: flex-start; }
    .row.same { margin-top: .2em; }
    .row.own { align-self: flex-end; align-items: flex-end; }
    .name { padding: 0 .2em .15em; font-size: .8em; color: var(--dim); overflow-wrap: anywhere; }
    .bubble {
      max-width: 100%; padding: .5em .8em; border-radius: 1.1em; border-start-start-radius: .35em; background: var(--raised); overflow: hidden;
      white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; text-align: start; contain: paint;
    }
    .own .bubble { background: var(--accent); color: var(--on-accent); border-start-start-radius: 1.1em; border-end-end-radius: .35em; }
    .own.refused .bubble, .own.queued .bubble { background: none; color: var(--ink); box-shadow: inset 0 0 0 1px var(--line); }
    .own.refused .bubble { box-shadow: inset 0 0 0 1.5px var(--alarm); }
    .bubble a { color: inherit; text-decoration: underline; text-underline-offset: .15em; }
    .bubble a:focus-visible { outline-color: currentColor; }
    .meta { display: flex; align-items: center; gap: .35em; padding: .1em .25em 0; font-size: .75em; color: var(--dim); font-variant-numeric: tabular-nums; }
    .meta svg { width: 1.15em; height: 1.15em; }
    .problem { padding: .2em .25em 0; font-size: .85em; color: var(--alarm); text-align: end; }
    .problem button { margin-inline-start: .75em; text-decoration: underline; text-underline-offset: .15em; color: var(--ink); }

    .below {
      position: absolute; bottom: .6em; left: 50%; transform: translateX(-50%); padding: .3em 1em; border-radius: 1em; background: var(--ink); color: var(--ground);
      font-size: .85em; white-space: nowrap; box-shadow: 0 .2em .8em rgb(var(--shade) / .25);
    }
    .typing { display: flex; align-items: center; gap: .5em; min-height: 1.6em; padding: 0 1.2em .2em; font-size: .85em; color: var(--dim); overflow-wrap: anywhere; }
    .dots { flex: none; display: flex; gap: .2em; }
    .dots i { width: .35em; height: .35em; border-radius: 50%; background: currentColor; animation: breathe 1.2s infinite ease-in-out; }
    .dots i:nth-child(2) { animation-delay: .15s; }
    .dots i:nth-child(3) { animation-delay: .3s; }
    @keyframes breathe { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
    .status { padding: .5em 1.2em; background: var(--raised); font-size: .85em; color: var(--ink); }
    .status:empty, .counter:empty { padding: 0; }

    .composer { display: grid; grid-template-columns: 1fr auto; gap: .2em .5em; align-items: end; padding: .6em .6em .6em .8em; border-top: 1px solid var(--line); }
    .composer textarea {
      width: 100%; min-height: 2.6em; max-height: 9em; padding: .55em .7em; resize: none; border: 1px solid var(--line); border-radius: .9em; background: var(--ground);
      line-height: 1.4; overflow-y: auto;
    }
    .composer textarea::placeholder { color: var(--dim); opacity: 1; }
    .composer textarea:focus-visible { outline-width: 1.5px; outline-offset: -1px; }
    .composer .send { display: grid; place-items: center; width: 2.6em; height: 2.6em; border-radius: 50%; background: var(--accent); color: var(--on-accent); }
    .composer .send[aria-disabled=true] { background: var(--raised); color: var(--dim); cursor: default; }
    .counter { grid-column: 1 / -1; padding: 0 .7em; font-size: .8em; color: var(--dim); font-variant-numeric: tabular-nums; }
    .counter.over { color: var(--alarm); }

    @media (max-width: 30em), (max-height: 26em) {
      /* Full size again: below it a telephone would zoom in on the field. */
      .panel { position: fixed; inset: 0; font-size: 1em; width: 100%; height: var(--shown-height, 100dvh); border: 0; border-radius: 0; }
      .panel:not([hidden]) + .launcher { display: none; }
      .composer { padding-bottom: max(.6em, env(safe-area-inset-bottom)); }
    }
    @media (prefers-reduced-motion: reduce) {
      *, ::before, ::after { animation: none !important; transition: none !important; }
    }
    @media print {
      :host { display: none !important; }
    }
    @media (forced-colors: active) {
      .launcher, .panel, .bubble, .composer .send { border: 1px solid CanvasText; }
    }
  `;

  /** The same question as in STYLE: whether the panel covers the page. */
  const SMALL_SCREEN = '(max-width: 30em), (max-height: 26em)';

  const ICON = {
    chat: ['M21 11.5a8.4 8.4 0 0 1-12 7.6L3 21l1.9-5.7A8.4 8.4 0 1 1 21 11.5Z'],
    down: ['m6 9 6 6 6-6'],
    cross: ['M6 6l12 12', 'M18 6 6 18'],
    send: ['M12 19V5', 'm6 11 6-6 6 6'],
    queued: ['M12 7v5l3 2', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
    sending: ['M12 19V5', 'm6 11 6-6 6 6'],
    sent: ['m5 13 4 4L19 7'],
    read: ['m2 13 4 4L16 7', 'm12 16 1 1L23 7'],
    refused: ['M12 8v5', 'M12 16.5v.01', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
  };

  /** @param {string[]} paths */
  function icon(paths) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    for (const path of paths) svg.appendChild(document.createElementNS(space, 'path')).setAttribute('d', path);
    return svg;
  }

  /**
   * An element with attributes and children; strings become text, never markup.
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {Record<string, string>} attributes
   * @param {...(Node | string)} children
   */
  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** @param {string} text words for a screen reader only */
  const saidOnly = (text) => el('span', { class: 'said-only' }, text);

  /**
   * Sets a text only if it differs: a live region speaks at every change.
   * @param {Element} element
   * @param {string} text
   */
  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  /**
   * The accent colour and what can be read on it.
   * @param {string | undefined} wish from the site; anything but `#rgb` and `#rrggbb` is ignored
   */
  function accentStyle(wish) {
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(wish ?? '');
    const long = short === null ? wish : `#${short.slice(1).map((digit) => digit + digit).join('')}`;
    const colour = /^#[0-9a-f]{6}$/i.test(long ?? '') ? String(long).toLowerCase() : '#2450c8';
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    // The contrast of white and of black with it, by WCAG: the better of the two is always 4.5 or more.
    const onAccent = 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
    return `:host { --accent: ${colour}; --on-accent: ${onAccent}; }`;
  }

  // ── View: the thread ───────────────────────────────────────────────────────────────────────────────────────────

  /** Says times the reader's way. */
  class Calendar {
    /** @type {typeof RUSSIAN} */ #words;
    /** @type {Intl.DateTimeFormat} */ #time;
    /** @type {Intl.DateTimeFormat} */ #day;

    /**
     * @param {typeof RUSSIAN} words
     * @param {string} language
     */
    constructor(words, language) {
      const tag = language.toLowerCase().startsWith(words.tag) ? language : words.tag;
      this.#words = words;
      this.#time = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' });
      this.#day = new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' });
    }

    /** @param {number} at */
    time(at) {
      return this.#time.format(at);
    }

    /**
     * @param {number} at
     * @param {number} now
     */
    day(at, now) {
      const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
      if (days === 0) return this.#words.today;
      return days === 1 ? this.#words.yesterday : this.#day.format(at);
    }
  }

  /** How near the end counts as reading the newest, in CSS pixels. */
  const AT_END_PX = 60;

  /** Shows the entries. Elements are kept by key, so nothing that is read, selected or focused is built again. */
  class Thread {
    /** @type {HTMLElement} */ element;
    /** @type {HTMLElement} */ #log;
    /** @type {HTMLButtonElement} */ #below;
    /** @type {HTMLElement} */ #greeting;
    /** @type {typeof RUSSIAN} */ #words;
    /** @type {Calendar} */ #calendar;
    /** @type {(id: string, edit: boolean) => void} */ #takeBack;
    /** @type {Map<string, HTMLElement>} */ #shown = new Map();
    /** @type {boolean} */ #atEnd = true;

    /**
     * @param {typeof RUSSIAN} words
     * @param {Calendar} calendar
     * @param {(id: string, edit: boolean) => void} takeBack
     */
    constructor(words, calendar, takeBack) {
      this.#words = words;
      this.#calendar = calendar;
      this.#takeBack = takeBack;
      this.#greeting = el('div', { class: 'greeting' }, el('strong', {}, words.greeting), words.invitation);
      this.#log = el('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': words.log, tabindex: '0' });
      this.#below = el('button', { class: 'below', type: 'button' }, words.newBelow);
      this.#below.hidden = true;
      this.#below.onclick = () => this.toEnd();
      this.#log.onscroll = () => this.#scrolled();
      this.element = el('div', { class: 'thread' }, this.#log, this.#below);
    }

    /** What is shown in the next moment is not news: a screen reader need not read the whole conversation aloud. */
    hush() {
      this.#log.setAttribute('aria-live', 'off');
      setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), 500);
    }

    toEnd() {
      this.#log.scrollTop = this.#log.scrollHeight;
      this.#scrolled();
    }

    /**
     * @param {Entry[]} entries
     * @param {number} now
     */
    show(entries, now) {
      const before = this.#shown;
      this.#shown = new Map();
      let fromCustomer = false;
      let fromOperator = false;
      for (const [key, element] of this.#wanted(entries, now, before)) {
        const place = this.#log.children[this.#shown.size];
        if (place !== element) this.#log.insertBefore(element, place ?? null);
        fromCustomer ||= !before.has(key) && element.classList.contains('own');
        fromOperator ||= !before.has(key) && element.classList.contains('operator');
        this.#shown.set(key, element);
      }
      while (this.#log.children.length > this.#shown.size) this.#log.lastElementChild?.remove();
      if (this.#atEnd || fromCustomer) this.toEnd();
      else if (fromOperator) this.#below.hidden = false;
    }

    /**
     * The elements in order, those there are already and new ones.
     * @param {Entry[]} entries
     * @param {number} now
     * @param {Map<string, HTMLElement>} before
     * @returns {Generator<[string, HTMLElement]>}
     */
    *#wanted(entries, now, before) {
      if (entries.length === 0) yield ['greeting', this.#greeting];
      let day = '';
      /** @type {Entry | null} */ let above = null;
      for (const [at, entry] of entries.entries()) {
        const today = this.#calendar.day(entry.at, now);
        if (today !== day) {
          const key = `day ${new Date(entry.at).toDateString()}`;
          const separator = before.get(key) ?? el('div', { class: 'day' });
          setText(separator, today);
          yield [key, separator];
          above = null;
        }
        day = today;
        const element = before.get(entry.key) ?? this.#build(entry);
        if (element === null) continue;
        this.#update(element, entry, above !== null && together(above, entry));
        // The time is said once for what was said at one time.
        const below = entries[at + 1];
        element.classList.toggle('timeless', below !== undefined && together(entry, below) && sameMinute(entry, below) && below.state === entry.state);
        yield [entry.key, element];
        above = entry;
      }
    }

    /** @param {Entry} entry @returns {HTMLElement | null} */
    #build(entry) {
      const { kind, name, text, at } = entry;
      if (kind === 'system') {
        const line = systemLine(this.#words, text);
        return line === null ? null : el('div', { class: 'system', dir: 'auto' }, line);
      }
      const author = kind === 'own' ? this.#words.you : name || this.#words.operator;
      const nameLine = el('p', { class: kind === 'own' ? 'said-only' : 'name' }, el('bdi', {}, author));
      const bubble = el('div', { class: 'bubble', dir: 'auto' });
      for (const run of linkRuns(text)) {
        bubble.append(run.href === undefined ? run.text : link(run.text, run.href));
      }
      const time = el('time', { datetime: new Date(at).toISOString() }, this.#calendar.time(at));
      return el('div', { class: `row ${kind}` }, nameLine, bubble, el('p', { class: 'meta' }, time, el('span', {})));
    }

    /**
     * @param {HTMLElement} element
     * @param {Entry} entry
     * @param {boolean} goesOn with what the entry above began
     */
    #update(element, entry, goesOn) {
      if (entry.kind === 'system') return;
      element.classList.toggle('same', goesOn);
      if (entry.kind === 'operator') {
        const name = element.firstElementChild;
        if (name !== null) name.className = goesOn ? 'said-only' : 'name';
      }
      if (entry.state === undefined || element.dataset.state === entry.state) return;
      element.dataset.state = entry.state;
      element.classList.toggle('queued', entry.state === 'queued');
      element.classList.toggle('refused', entry.state === 'refused');
      const said = this.#words.state[entry.state];
      const mark = el('span', { class: 'state', title: said }, icon(ICON[entry.state]), saidOnly(said));
      element.querySelector('.meta > :last-child')?.replaceWith(mark);
      element.querySelector('.problem')?.remove();
      if (entry.state === 'refused') element.append(this.#problem(entry));
    }

    /** @param {Entry} entry */
    #problem(entry) {
      const edit = el('button', { type: 'button' }, this.#words.edit);
      const remove = el('button', { type: 'button' }, this.#words.remove);
      edit.onclick = () => this.#takeBack(entry.key, true);
      remove.onclick = () => this.#takeBack(entry.key, false);
      const reason = this.#words.refused[entry.refused ?? 'other'] ?? this.#words.refused.other;
      return el('p', { class: 'problem' }, reason, edit, remove);
    }

    #scrolled() {
      this.#atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_END_PX;
      if (this.#atEnd) this.#below.hidden = true;
    }
  }

  /**
   * Whether two neighbours look like one piece.
   * @param {Entry} above
   * @param {Entry} below
   */
  const together = (above, below) => above.kind === below.kind && above.name === below.name && below.at - above.at < 5 * 60_000;

  /**
   * @param {Entry} one
   * @param {Entry} other
   */
  const sameMinute = (one, other) => Math.floor(one.at / 60_000) === Math.floor(other.at / 60_000);

  /**
   * @param {string} text
   * @param {string} href
   */
  const link = (text, href) =>
    el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow', referrerpolicy: 'no-referrer', title: href }, text);

  // ── View: the composer ─────────────────────────────────────────────────────────────────────────────────────────

  /** Where the customer writes. What does not go stays. */
  class Composer {
    /** @type {HTMLFormElement} */ element;
    /** @type {HTMLTextAreaElement} */ #field;
    /** @type {HTMLButtonElement} */ #send;
    /** @type {HTMLElement} */ #counter;
    /** @type {typeof RUSSIAN} */ #words;
    /** @type {Chat} */ #chat;
    /** @type {Shelf} What is being written survives a reload of this tab. */ #drafts;

    /**
     * @param {typeof RUSSIAN} words
     * @param {Chat} chat
     * @param {Shelf} drafts
     */
    constructor(words, chat, drafts) {
      this.#words = words;
      this.#chat = chat;
      this.#drafts = drafts;
      this.#field = el('textarea', { rows: '1', placeholder: words.placeholder, 'aria-label': words.placeholder, 'aria-describedby': 'hint counter', dir: 'auto', enterkeyhint: 'send' });
      this.#send = el('button', { class: 'send', type: 'submit', 'aria-label': words.send, title: words.hint }, icon(ICON.send));
      this.#counter = el('p', { class: 'counter', id: 'counter', role: 'status' });
      const hint = saidOnly(words.hint);
      hint.id = 'hint';
      this.element = el('form', { class: 'composer', novalidate: '' }, this.#field, this.#send, this.#counter, hint);
      this.element.onsubmit = (event) => this.#submit(event);
      this.#field.oninput = () => {
        this.#chat.typed(this.#field.value);
        this.#drafts.set('draft', this.#field.value);
        this.fit();
      };
      this.#field.onkeydown = (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#submit(event);
      };
      const kept = this.#drafts.get('draft');
      if (typeof kept === 'string') this.#field.value = kept;
    }

    focus() {
      this.#field.focus();
    }

    /** @param {string} text put before what is being written */
    putBack(text) {
      this.#field.value = [text, this.#field.value].filter((part) => part !== '').join('\n');
      this.#drafts.set('draft', this.#field.value);
      this.fit();
      this.focus();
    }

    /** Grows with the text and counts what is left of it. */
    fit() {
      const field = this.#field;
      field.style.height = 'auto';
      field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
      const max = this.#chat.textChars;
      const left = max - (field.value.length > max / 2 ? charCount(storedText(field.value)) : 0);
      const { over, left: rest } = this.#words;
      setText(this.#counter, left < 0 ? over(-left) : left <= max / 10 ? rest(left) : '');
      this.#counter.classList.toggle('over', left < 0);
      this.#send.setAttribute('aria-disabled', String(left < 0 || isBlank(field.value)));
    }

    /** @param {Event} event */
    #submit(event) {
      event.preventDefault();
      if (this.#chat.write(this.#field.value)) {
        this.#field.value = '';
        this.#drafts.remove('draft');
      }
      this.fit();
      this.focus();
    }
  }

  // ── View: launcher and panel ───────────────────────────────────────────────────────────────────────────────────

  /** A drop in the connection shorter than this is not worth a word. */
  const QUIET_MS = 1500;

  /** The button in the corner and the panel it opens, in a shadow root that the site's styles do not reach. */
  class Widget {
    /** @type {HTMLElement} */ host = el('div', {});
    /** @type {typeof RUSSIAN} */ #words;
    /** @type {string} The heading the site wants. */ #heading;
    /** @type {Chat} */ #chat;
    /** @type {Thread} */ #thread;
    /** @type {Composer} */ #composer;
    /** @type {HTMLButtonElement} */ #launcher;
    /** @type {HTMLElement} */ #badge = el('span', { class: 'badge', 'aria-hidden': 'true' });
    /** @type {HTMLElement} */ #panel;
    /** @type {HTMLElement} */ #title = el('h2', { id: 'title', dir: 'auto' });
    /** @type {HTMLElement} */ #served = el('p', { dir: 'auto' });
    /** @type {HTMLElement} */ #face = el('div', { class: 'face', 'aria-hidden': 'true' });
    /** @type {HTMLElement} */ #typing = el('p', { class: 'typing' });
    /** @type {HTMLElement} */ #status = el('p', { class: 'status', role: 'status' });
    /** @type {number} */ #notLiveSince = Date.now();
    /** @type {boolean} */ #drawing = false;
    /** @type {MediaQueryList} */ #small = matchMedia(SMALL_SCREEN);

    /**
     * @param {Surroundings} around
     * @param {Shelf} drafts
     * @param {DOMStringMap} wishes the script element's `data-` attributes
     */
    constructor(around, drafts, wishes) {
      const words = wordsFor(around.language);
      this.#words = words;
      this.#heading = cleanName(wishes.title);
      this.#chat = new Chat(around, () => this.#drawSoon());
      this.#composer = new Composer(words, this.#chat, drafts);
      this.#thread = new Thread(words, new Calendar(words, around.language), (id, edit) => {
        const text = this.#chat.takeBack(id);
        if (edit) this.#composer.putBack(text);
        else this.#composer.focus();
      });
      this.#launcher = el('button', { class: 'launcher', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'panel' });
      this.#panel = this.#buildPanel();
      this.#buildHost(wishes.color);
      this.#listen(around);
    }

    /** Shows itself on the page; connects only if there is something to fetch or to send. */
    start() {
      document.body.append(this.host);
      this.#draw();
      if (this.#chat.isKnown()) this.#chat.connection.start();
    }

    open() {
      if (!this.#panel.hidden) return;
      this.#panel.hidden = false;
      this.#thread.hush();
      this.#chat.connection.start();
      this.#noteAttention();
      this.#draw();
      this.#composer.fit();
      this.#thread.toEnd();
      // On a touch screen the keyboard would cover what the customer came to read.
      if (matchMedia('(pointer: coarse)').matches) this.#panel.focus();
      else this.#composer.focus();
    }

    close() {
      if (this.#panel.hidden) return;
      const inside = this.#panel.contains(this.host.shadowRoot?.activeElement ?? null);
      this.#panel.hidden = true;
      this.#noteAttention();
      this.#draw();
      if (inside) this.#launcher.focus();
    }

    #buildPanel() {
      const words = this.#words;
      const close = el('button', { type: 'button', 'aria-label': words.close, title: words.close }, icon(ICON.cross));
      close.onclick = () => this.close();
      const head = el('div', { class: 'head' }, this.#face, el('div', { class: 'names' }, this.#title, this.#served), close);
      const panel = el('section', { class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: '-1' });
      panel.append(head, this.#thread.element, this.#typing, this.#status, this.#composer.element);
      panel.hidden = true;
      return panel;
    }

    /** @param {string | undefined} colour */
    #buildHost(colour) {
      this.host.lang = this.#words.tag;
      const root = this.host.attachShadow({ mode: 'open' });
      const [look, accent] = [new CSSStyleSheet(), new CSSStyleSheet()];
      look.replaceSync(STYLE);
      accent.replaceSync(accentStyle(colour));
      // Constructed sheets are exempt from the site's `style-src`; style elements and attributes are not.
      root.adoptedStyleSheets = [look, accent];
      root.append(this.#panel, this.#launcher);
      this.#launcher.onclick = () => (this.#panel.hidden ? this.open() : this.close());
      // The site's own shortcuts must not fire while the customer types here.
      for (const name of ['keydown', 'keyup', 'keypress']) this.host.addEventListener(name, (event) => event.stopPropagation());
      root.addEventListener('keydown', (event) => this.#keyPressed(/** @type {KeyboardEvent} */ (event)));
    }

    /** @param {Surroundings} around */
    #listen({ shelf }) {
      const chat = this.#chat;
      addEventListener('storage', (event) => shelf.concerns(event) && chat.otherTab());
      addEventListener('online', () => chat.connection.wake());
      for (const name of ['popstate', 'hashchange']) addEventListener(name, () => chat.notePage());
      document.addEventListener('visibilitychange', () => {
        if (!document.hidden) chat.connection.wake();
        this.#noteAttention();
      });
      // A page in the back/forward cache must hold neither a socket nor a turn.
      addEventListener('pagehide', () => chat.connection.stop());
      addEventListener('pageshow', (event) => {
        if (event.persisted && (chat.isKnown() || !this.#panel.hidden)) chat.connection.start();
      });
      this.#small.addEventListener('change', () => this.#drawSoon());
      globalThis.visualViewport?.addEventListener('resize', () => {
        this.#panel.style.setProperty('--shown-height', `${globalThis.visualViewport?.height}px`);
      });
    }

    /** @param {KeyboardEvent} event */
    #keyPressed(event) {
      if (event.key === 'Escape' && !event.isComposing) this.close();
      if (event.key !== 'Tab' || !this.#small.matches || this.#panel.hidden) return;
      // The sheet covers the page: focus goes round inside it.
      const stops = [...this.#panel.querySelectorAll('button, a, textarea, [tabindex="0"]')].filter((stop) => stop.checkVisibility());
      const from = this.host.shadowRoot?.activeElement;
      const [first, last] = [stops[0], stops[stops.length - 1]];
      const next = event.shiftKey && (from === first || from === this.#panel) ? last : !event.shiftKey && from === last ? first : null;
      if (!(next instanceof HTMLElement)) return;
      event.preventDefault();
      next.focus();
    }

    #noteAttention() {
      this.#chat.attend(!this.#panel.hidden && !document.hidden);
    }

    #drawSoon() {
      if (this.#drawing) return;
      this.#drawing = true;
      queueMicrotask(() => {
        this.#drawing = false;
        this.#draw();
      });
    }

    #draw() {
      const { conversation, connection } = this.#chat;
      if (connection.state === 'live') this.#notLiveSince = Infinity;
      else if (this.#notLiveSince === Infinity) {
        this.#notLiveSince = Date.now();
        setTimeout(() => this.#drawSoon(), QUIET_MS + 50);
      }
      this.#drawLauncher(this.#panel.hidden ? conversation.unread() : 0);
      if (this.#panel.hidden) return;
      this.#drawHead();
      this.#thread.show(this.#chat.entries(), Date.now());
      this.#drawTyping();
      setText(this.#status, this.#statusLine());
      if (this.#small.matches) this.#panel.setAttribute('aria-modal', 'true');
      else this.#panel.removeAttribute('aria-modal');
    }

    /** @param {number} unread */
    #drawLauncher(unread) {
      const words = this.#words;
      const label = [this.#panel.hidden ? words.open : words.close, unread > 0 ? words.unread(unread) : ''].filter(Boolean).join(', ');
      if (this.#launcher.getAttribute('aria-label') === label) return;
      this.#launcher.setAttribute('aria-label', label);
      this.#launcher.setAttribute('aria-expanded', String(!this.#panel.hidden));
      setText(this.#badge, unread > 99 ? '99+' : String(unread));
      this.#badge.hidden = unread === 0;
      this.#launcher.replaceChildren(icon(this.#panel.hidden ? ICON.chat : ICON.down), this.#badge);
    }

    #drawHead() {
      const operator = this.#chat.conversation.head?.operator ?? '';
      setText(this.#title, this.#heading || this.#chat.desk || this.#words.title);
      setText(this.#served, operator === '' ? '' : this.#words.served(operator));
      const initial = firstChars(operator, 1).toLocaleUpperCase();
      if (initial !== '') setText(this.#face, initial);
      else this.#face.replaceChildren(icon(ICON.chat));
    }

    #drawTyping() {
      const typing = this.#chat.typing;
      const said = typing === null ? '' : this.#words.typing(typing || this.#words.operator);
      if (this.#typing.textContent === said) return;
      const dots = el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i', {}), el('i', {}), el('i', {}));
      this.#typing.replaceChildren(...(said === '' ? [] : [dots, el('bdi', {}, said)]));
    }

    #statusLine() {
      const { state } = this.#chat.connection;
      if (state === 'outdated') return this.#words.outdated;
      if (state === 'live' || Date.now() - this.#notLiveSince < QUIET_MS) return '';
      return this.#chat.desk === '' && state === 'connecting' ? this.#words.connecting : this.#words.offline;
    }
  }

  // ── Start ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @param {HTMLScriptElement} script */
  function start(script) {
    const hub = new URL('.', script.src);
    const prefix = `otklik ${hub.href} `;
    const widget = new Widget(
      {
        hub,
        shelf: new Shelf(() => localStorage, prefix),
        locks: navigator.locks,
        language: navigator.language || 'en',
        page: () => ({ url: firstChars(location.href, 2000), title: firstChars(document.title, 200) }),
      },
      new Shelf(() => sessionStorage, prefix),
      script.dataset,
    );
    Object.assign(globalThis, { Otklik: Object.freeze({ open: () => widget.open(), close: () => widget.close() }) });
    const begin = () => {
      widget.start();
      if (script.dataset.open !== undefined && script.dataset.open !== 'false') widget.open();
    };
    if (document.body === null) document.addEventListener('DOMContentLoaded', begin);
    else begin();
  }

  if (globalThis.document === undefined) {
    // Loaded without a page, by the tests: they get the parts that need none.
    Object.assign(globalThis, {
      OtklikParts: {
        RUSSIAN, ENGLISH, wordsFor, systemLine, charCount, storedText, isBlank, firstChars, cleanName, linkRuns, ClientIds, Shelf,
        Turn, Outbox, Conversation, Connection, Draft, Chat, Calendar, soundFrame, parseFrame, backoff, accentStyle,
      },
    });
  } else if (!('Otklik' in globalThis) && document.currentScript instanceof HTMLScriptElement) {
    start(document.currentScript);
  }
})();
