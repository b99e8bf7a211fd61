// Chat.

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
 * @property {Attachment | null} [file]
 * @property {Spot | null} [place]
 * @property {string | null} [address] the page that he was sent to
 * @property {Quoted | null} [quote] what it answers
 * @property {boolean} [sticker] the file is a picture in the place of words
 * @property {number} [progress] of a file on its way, from 0 to 1
 * @property {boolean} [edited]
 * @property {boolean} [deleted]
 * @property {boolean} [asked] contacts were asked for
 * @property {AskedField[]} [form] and can be given here, by this form
 * @property {Filled | null} [wrong] what the hub did not take of it
 * @property {string[]} [answers] to choose from
 *
 * @typedef {object} Surroundings what the chat needs of the page
 * @property {URL} hub
 * @property {Shelf} shelf
 * @property {Shelf} drafts what is being written survives a reload of this tab
 * @property {LockManager | undefined} locks
 * @property {string} language
 * @property {string} [zone] the time zone, as the browser has it
 * @property {() => SitePage} page
 * @property {() => boolean} isLookedAt whether this is the tab that the customer has before his eyes
 * @property {(address: string) => void} go leads this tab to another page
 * @property {string} [department] the key of the department that new conversations are for
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
  /** @type {FilesAllowed | null} */ files = null;
  /** @type {Survey | null} */ survey = null;
  /** @type {boolean} The customer may not write. */ blocked = false;
  /** @type {LineState | null} Whether somebody is there for this site, and for this customer; `null`, if that is not known. */ line = null;
  /** @type {ContactForms} */ forms = USUAL_FORMS;
  /** @type {KeptContacts} */ kept;
  /** @type {KeptWords} */ written;
  /** @type {Uploads} */ uploads;

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
  /** Where files can be fetched. */ links = new FileLinks((file) => this.connection.say({ t: 'link', file }));
  /** @type {string | null} The conversation that is not to be rated. */ #skipped = null;
  /** @type {Ratings} */ #ratings;
  /** @type {Set<string>} Conversations that are over for the hub too: nothing of it will say that they are rated. */ #past = new Set();

  /**
   * @param {Surroundings} around
   * @param {() => void} changed
   */
  constructor(around, changed) {
    this.#around = around;
    this.#changed = changed;
    this.#outbox = new Outbox(around.shelf);
    this.#ratings = new Ratings(around.shelf);
    this.kept = new KeptContacts(around.shelf, around.drafts);
    this.written = new KeptWords(around.drafts);
    this.#firstTurn = new Turn(`${around.hub.href} first`, around.shelf, around.locks);
    this.#sendTurn = new Turn(`${around.hub.href} send`, around.shelf, around.locks);
    this.#pageUrl = around.page().url;
    this.conversation = new Conversation(around.shelf);
    this.going = new Going(around, changed);
    this.uploads = new Uploads(around.hub, () => this.#changed(), (file) => this.#say('', { file }));
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
    const last = messages.findLast((message) => message.from !== 'system');
    const asking = this.#given() ? undefined : requestIn(messages);
    const form = { form: this.forms.contacts_request, wrong: this.kept.refused };
    const bySeq = new Map(messages.map((message) => [message.seq, message]));
    const echoed = new Set(messages.map((message) => message.client_id));
    const waiting = this.#outbox.items().filter((item) => !echoed.has(item.id) && !this.#stored.has(item.id));
    const stored = [...this.#stored.values()].filter((item) => !echoed.has(item.id));
    return [
      ...messages.map((message) => ({ ...messageEntry(message, head, this.desk, message === last), quote: soundQuote(message.quote, bySeq, this.desk), ...(message === asking ? form : {}) })),
      ...stored.map((item) => ownEntry(item, 'sent')),
      ...waiting.map((item) => ownEntry(item, this.#stateOf(item))),
      ...this.uploads.items.map(uploadEntry),
    ];
  }

  /**
   * The customer pressed Enter.
   * @param {string} typed
   * @returns {boolean} whether it was taken; if not, the text stays in the composer
   */
  write(typed) {
    if (!this.canWrite(typed) || this.isFull()) return false;
    const text = storedText(typed);
    this.notePage();
    this.#draft.finish();
    this.#say(text);
    return true;
  }

  /** @param {string} typed */
  canWrite(typed) {
    const text = storedText(typed);
    return !isBlank(text) && charCount(text) <= this.textChars;
  }

  /**
   * The customer chose files.
   * @param {Iterable<File>} files
   */
  sendFiles(files) {
    if (this.files === null || this.blocked || this.isFull()) return;
    for (const file of files) this.uploads.add(file, this.files, Date.now());
    this.connection.start();
    if (this.connection.state === 'live') this.uploads.go(this.#token);
  }

  /**
   * The customer filled in a form.
   * @param {Contacts} contacts
   */
  giveContacts(contacts) {
    const said = Object.values(contacts).filter((value) => value !== '');
    if (said.length > 0) this.#say(said.join('\n'), { contacts });
    this.kept.give();
    this.#changed();
  }

  /** What is asked before the first words, unless it is given and on its way. @returns {AskedField[]} */
  toAsk() {
    return this.#given() !== undefined || this.blocked ? [] : this.#first();
  }

  /** Contacts that are on their way. */
  #given() {
    return this.#outbox.items().find(({ contacts, refused }) => contacts !== undefined && refused === undefined);
  }

  /** Whether something written waits for the form to be filled in. */
  isHeld() {
    return this.toAsk().some(({ required }) => required) && this.#outbox.head() !== undefined;
  }

  /** Whether no conversation of this customer's begins now. One that there is goes on: then the hub calls no line busy. */
  isFull() {
    return this.connection.state === 'live' && isBusy(this.line);
  }

  /** Whether something written waits for room. */
  isKeptBack() {
    return this.isFull() && this.#outbox.head() !== undefined;
  }

  #first() {
    return isAway(this.line) ? this.forms.offline : this.forms.first_question;
  }

  /** Whether there is a form to come back into. */
  #hasForm() {
    return this.#first().length > 0 || (requestIn(this.conversation.messages) !== undefined && this.forms.contacts_request.length > 0);
  }

  /** The next to go out. Where a form has to be filled in first, nothing goes before that; where there is no room, nothing. */
  #next() {
    if (this.isFull()) return undefined;
    if (!this.#first().some(({ required }) => required)) return this.#outbox.head();
    return this.#given();
  }

  /**
   * The customer shares a place.
   * @param {Spot} place
   * @param {string} title
   */
  sharePlace(place, title) {
    if (this.blocked) return;
    this.notePage();
    this.#say(title, { place });
  }

  /** Whether the customer can end the conversation now: only the hub ends it, and only if it hears of it. */
  canFinish() {
    return this.connection.state === 'live';
  }

  /** The customer has no more questions. */
  finish() {
    if (this.canFinish()) this.connection.say({ t: 'close' });
  }

  /** What to ask about the conversation; `null`, if there is nothing to ask. */
  toRate() {
    const { head, dialog } = this.conversation;
    const over = head?.closed === true && head.operator !== null && head.stars == null;
    const said = dialog !== null && (this.#skipped === dialog || this.#ratings.has(dialog));
    return over && !this.blocked && !said ? this.survey : null;
  }

  /**
   * @param {number} stars
   * @param {string} note
   * @param {string[]} answers
   */
  rate(stars, note, answers) {
    const { dialog } = this.conversation;
    if (dialog === null) return;
    this.#ratings.keep(dialog, { stars, note, answers });
    this.#sayRatings();
    this.skipRating();
  }

  /** Says what is not confirmed. Said twice it is the same rating. */
  #sayRatings() {
    if (this.connection.state !== 'live') return;
    this.#past.clear();
    for (const rating of this.#ratings.items()) {
      this.connection.say(rateFrame(rating));
      if (rating.dialog !== this.conversation.dialog) this.#past.add(rating.dialog);
    }
    // Of another conversation than the present one the hub tells nothing; its answer to what is said next confirms it.
    if (this.#past.size > 0) this.connection.say({ t: 'beat' });
  }

  /** @param {DialogHead | null} head */
  #setHead(head) {
    this.conversation.setHead(head);
    if (head?.stars != null) this.#ratings.drop(head.id);
  }

  skipRating() {
    this.#skipped = this.conversation.dialog;
    this.#changed();
  }

  /**
   * A file's address as a whole one; `null`, if it leads anywhere but to the hub.
   * @param {string | null} address
   */
  address(address) {
    if (address === null || !address.startsWith('files/')) return null;
    return new URL(address, this.#around.hub).href;
  }

  /**
   * @param {string} text
   * @param {{file?: Attachment, place?: Spot, contacts?: Contacts}} [more]
   */
  #say(text, more) {
    this.#outbox.add(text, Date.now(), more);
    this.connection.start();
    void this.#sendAll();
    this.#changed();
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
    this.uploads.remove(id);
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
    this.kept.load();
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
    if (this.#inFlight?.id === item.id) return 'sending';
    return this.isFull() ? 'held' : 'queued';
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
    const { shelf, language, zone, page, department } = this.#around;
    const token = shelf.get('token');
    // Somebody may have cleared what is kept here; this page still remembers.
    if (typeof token === 'string') this.#token = token;
    const after = this.#token === null ? null : this.conversation.shown();
    this.#pageUrl = page().url;
    const more = { ...(zone ? { zone } : {}), ...(department ? { department } : {}) };
    return { t: 'hello', protocol: PROTOCOL, token: this.#token, after, language, page: page(), ...more };
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
      this.#sayRatings();
      this.uploads.go(this.#token);
      this.links.askAgain();
      this.#noteSeen();
    } else {
      this.#inFlight?.answer(null);
      this.#past.clear();
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
      case 'changed':
        this.conversation.change(frame);
        break;
      case 'link':
        this.links.come(frame);
        break;
      case 'blocked':
        this.blocked = frame.on;
        break;
      case 'line':
        this.line = frame.state;
        void this.#sendAll();
        break;
      case 'forms':
        this.forms = frame;
        void this.#sendAll();
        break;
      case 'desk':
        this.desk = frame.name;
        break;
      case 'dialog':
        this.#setHead(frame);
        break;
      case 'go':
        this.going.to(frame.address);
        break;
      case 'typing':
        this.#setTyping(frame.on ? frame.name : null);
        break;
      case 'result':
        this.#answered(frame);
        break;
      case 'beat':
        for (const dialog of this.#past) this.#ratings.drop(dialog);
        this.#past.clear();
        return;
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
    // Whom the hub knows by another name is somebody else, whose contacts these are not.
    if (this.#token !== null && this.#token !== frame.token) {
      this.kept.clear();
      this.written.drop('survey', 'place');
    }
    this.#token = frame.token;
    if (this.#around.shelf.get('token') !== frame.token) this.#around.shelf.set('token', frame.token);
    this.desk = frame.desk;
    if (Number.isInteger(frame.text_chars) && frame.text_chars > 0) this.textChars = frame.text_chars;
    this.files = frame.files ?? null;
    this.survey = frame.survey ?? null;
    this.blocked = frame.blocked === true;
    this.line = frame.line ?? null;
    this.forms = frame.forms ?? USUAL_FORMS;
    this.#setHead(frame.dialog);
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
    if (isPassing(result)) this.#inFlight?.id === result.id && this.#inFlight.answer(result);
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
      if (item.contacts !== undefined) this.kept.clear();
    } else if (item?.contacts !== undefined && result.wrong != null && this.#hasForm()) {
      // Back into the form it came from, which says what is wrong with it.
      this.kept.refuse(item.contacts, result.wrong);
      this.#outbox.remove(item.id);
    } else if (item !== undefined) {
      this.#outbox.refuse(item.id, result.refused ?? 'other');
    }
    for (const message of this.conversation.messages) this.#stored.delete(message.client_id ?? '');
    if (this.#inFlight?.id === result.id) this.#inFlight.answer(result);
  }

  /** Sends what waits, oldest first, the next one only when the fate of the one before is known. */
  async #sendAll() {
    if (this.#sending || this.connection.state !== 'live' || this.#next() === undefined) return;
    this.#sending = true;
    const leave = await this.#sendTurn.take(this.#attempt);
    let tooFast = 0;
    for (let item = this.#next(); leave !== null && item !== undefined; item = this.#next()) {
      const result = await this.#sendOne(item);
      if (result === null) break;
      tooFast = isPassing(result) ? tooFast + 1 : 0;
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
      this.connection.say(frameOf(item));
      this.#changed();
    });
  }
}
