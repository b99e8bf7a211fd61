// View: launcher and panel.

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
  /** @type {SurveyForm} */ #survey;
  /** @type {PlaceForm} */ #place;
  /** @type {FirstForm} */ #first;
  /** @type {HTMLButtonElement} */ #finish;
  /** @type {HTMLButtonElement} */ #launcher;
  /** @type {HTMLElement} */ #badge = el('span', { class: 'badge', 'aria-hidden': 'true' });
  /** @type {HTMLElement} */ #panel;
  /** @type {HTMLElement} */ #title = el('h2', { id: 'title', dir: 'auto' });
  /** @type {HTMLElement} */ #served = el('p', { dir: 'auto' });
  /** @type {HTMLElement} */ #face = el('div', { class: 'face', 'aria-hidden': 'true' });
  /** @type {HTMLElement} */ #typing = el('p', { class: 'typing' });
  /** @type {HTMLElement} */ #status = el('p', { class: 'status', role: 'status' });
  /** @type {HTMLElement} */ #going = el('p', { class: 'going', role: 'status', dir: 'auto' });
  /** @type {number} */ #notLiveSince = Date.now();
  /** @type {boolean} */ #drawing = false;
  /** @type {MediaQueryList} */ #small = matchMedia(SMALL_SCREEN);

  /**
   * @param {Surroundings} around
   * @param {DOMStringMap} wishes the script element's `data-` attributes
   */
  constructor(around, wishes) {
    const words = wordsFor(around.language);
    this.#words = words;
    this.#heading = cleanName(wishes.title);
    this.#chat = new Chat(around, () => this.#drawSoon());
    this.#place = new PlaceForm(words, this.#chat, () => this.#composer.focus());
    this.#first = new FirstForm(words, this.#chat, () => this.#composer.focus());
    this.#composer = new Composer(words, this.#chat, around.drafts, () => this.#place.ask(), () => this.#first.leave());
    this.#thread = new Thread(words, new Calendar(words, around.language), (id, edit) => {
      const text = this.#chat.takeBack(id);
      if (edit) this.#composer.putBack(text);
      else this.#composer.focus();
    }, new Attachments(words, this.#chat));
    this.#survey = new SurveyForm(words, this.#chat);
    this.#finish = el('button', { type: 'button', 'aria-label': words.finish, title: words.finish }, icon(ICON.done));
    this.#finish.onclick = () => {
      if (!this.#chat.canFinish()) return;
      this.#chat.finish();
      this.#composer.focus();
    };
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
    const head = el('div', { class: 'head' }, this.#face, el('div', { class: 'names' }, this.#title, this.#served), this.#finish, close);
    const panel = el('section', { class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: '-1' });
    panel.append(head, this.#thread.element, this.#typing, this.#survey.element, this.#first.element, this.#place.element, this.#status, this.#composer.element);
    panel.hidden = true;
    this.#takeDrops(panel);
    return panel;
  }

  /** @param {HTMLElement} panel */
  #takeDrops(panel) {
    const carries = (/** @type {DragEvent} */ event) => this.#chat.files !== null && event.dataTransfer?.types.includes('Files') === true;
    panel.ondragover = (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      panel.classList.add('dropping');
    };
    panel.ondragleave = () => panel.classList.remove('dropping');
    panel.ondrop = (event) => {
      panel.classList.remove('dropping');
      if (!carries(event)) return;
      event.preventDefault();
      this.#chat.sendFiles([...(event.dataTransfer?.files ?? [])]);
    };
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
    root.append(this.#panel, this.#launcher, this.#going);
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
    // A site that does not reload goes on without either; not every browser tells of that yet.
    const { navigation } = /** @type {{navigation?: EventTarget}} */ (/** @type {unknown} */ (globalThis));
    navigation?.addEventListener('navigatesuccess', () => chat.notePage());
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
    const stops = [...this.#panel.querySelectorAll('button, a, textarea, input:not([tabindex="-1"]), [tabindex="0"]')].filter((stop) => stop.checkVisibility());
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
    const { host } = this.#chat.going;
    setText(this.#going, host === null ? '' : this.#words.going(host));
    this.#drawLauncher(this.#panel.hidden ? conversation.unread() : 0);
    if (this.#panel.hidden) return;
    this.#drawHead();
    this.#thread.show(this.#chat.entries(), Date.now());
    this.#drawTyping();
    this.#survey.show();
    this.#first.show();
    this.#place.show();
    this.#composer.show();
    setText(this.#status, this.#statusLine());
    if (this.#small.matches) this.#panel.setAttribute('aria-modal', 'true');
    else this.#panel.removeAttribute('aria-modal');
  }

  /** @param {number} unread */
  #drawLauncher(unread) {
    const words = this.#words;
    const line = this.#line();
    const away = !this.#panel.hidden ? '' : isBusy(line) ? words.busy : isAway(line) ? words.away : '';
    const label = [this.#panel.hidden ? words.open : words.close, unread > 0 ? words.unread(unread) : '', away].filter(Boolean).join(', ');
    this.#launcher.dataset.line = line ?? '';
    if (this.#launcher.getAttribute('aria-label') === label) return;
    this.#launcher.setAttribute('aria-label', label);
    this.#launcher.setAttribute('aria-expanded', String(!this.#panel.hidden));
    setText(this.#badge, unread > 99 ? '99+' : String(unread));
    this.#badge.hidden = unread === 0;
    this.#launcher.replaceChildren(icon(this.#panel.hidden ? ICON.chat : ICON.down), this.#badge);
  }

  /** How the site's line stands, as far as is known now: without a connection nobody can say. */
  #line() {
    return this.#chat.connection.state === 'live' ? this.#chat.line : null;
  }

  #drawHead() {
    const head = this.#chat.conversation.head;
    const operator = head?.operator ?? '';
    this.#finish.hidden = head === null || head.closed;
    // Not `disabled`: who gets there by keyboard or listens is to learn why.
    const can = this.#chat.canFinish();
    const said = can ? this.#words.finish : `${this.#words.finish}. ${this.#words.finishLater}`;
    if (this.#finish.getAttribute('aria-label') !== said) {
      this.#finish.setAttribute('aria-label', said);
      this.#finish.setAttribute('aria-disabled', String(!can));
      this.#finish.title = said;
    }
    setText(this.#title, this.#heading || this.#chat.desk || this.#words.title);
    const line = this.#line();
    const lineWords = line === null ? '' : isBusy(line) ? this.#words.full : isAway(line) ? this.#words.leave : this.#words.here;
    setText(this.#served, operator === '' ? lineWords : this.#words.served(operator));
    this.#face.dataset.line = line ?? '';
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
    if (this.#chat.blocked) return this.#words.blocked;
    if (this.#chat.isKeptBack()) return this.#words.goesLater;
    if (this.#chat.isFull()) return this.#words.comeLater;
    if (this.#chat.isHeld()) return this.#words.held;
    if (state === 'live' || Date.now() - this.#notLiveSince < QUIET_MS) return '';
    return this.#chat.desk === '' && state === 'connecting' ? this.#words.connecting : this.#words.offline;
  }
}
