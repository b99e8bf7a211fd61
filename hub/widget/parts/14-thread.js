// View: the thread.

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
  /** @type {Attachments} */ #attachments;
  /** @type {Map<string, string>} What was built, by key: whatever differs is built again. */ #looks = new Map();
  /** @type {Map<string, HTMLElement>} */ #shown = new Map();
  /** @type {boolean} */ #atEnd = true;
  /** @type {number} Where the list stood when that was told. */ #top = 0;

  /**
   * @param {typeof RUSSIAN} words
   * @param {Calendar} calendar
   * @param {(id: string, edit: boolean) => void} takeBack
   * @param {Attachments} attachments
   */
  constructor(words, calendar, takeBack, attachments) {
    this.#attachments = attachments;
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
    // The browser tells of scrolling a frame later; who has just begun to read further up must not be carried back to the end.
    if (this.#log.scrollTop !== this.#top) this.#scrolled();
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
      const look = lookOf(entry);
      const kept = this.#looks.get(entry.key) === look ? before.get(entry.key) : undefined;
      const element = kept ?? this.#build(entry);
      this.#looks.set(entry.key, look);
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
    const { kind, name, text, at, address } = entry;
    if (kind === 'system') {
      const line = systemLine(this.#words, text);
      const page = address == null ? [] : [': ', link(new URL(address).host, address)];
      return line === null ? null : el('div', { class: 'system', dir: 'auto' }, line, ...page);
    }
    const author = kind === 'own' ? this.#words.you : name || this.#words.operator;
    const nameLine = el('p', { class: kind === 'own' ? 'said-only' : 'name' }, el('bdi', {}, author));
    const bubble = el('div', { class: 'bubble', dir: 'auto' }, ...this.#quoted(entry), ...this.#attachments.inside(entry));
    const said = entry.asked ? this.#words.contactAsk : entry.sticker ? '' : text;
    if (entry.deleted) bubble.append(el('em', {}, this.#words.deleted));
    else for (const run of linkRuns(said)) {
      bubble.append(run.href === undefined ? run.text : link(run.text, run.href));
    }
    const time = el('time', { datetime: new Date(at).toISOString() }, this.#calendar.time(at));
    const marks = entry.edited && !entry.deleted ? [el('span', {}, this.#words.edited)] : [];
    const meta = el('p', { class: 'meta' }, time, ...marks, el('span', {}));
    return el('div', { class: `row ${kind}` }, nameLine, bubble, ...this.#attachments.below(entry), meta);
  }

  /** What it answers. With an answer that was taken back goes what it answered. @param {Entry} entry */
  #quoted({ quote, deleted }) {
    return quote == null || deleted ? [] : [quoteBlock(this.#words, quote, (key) => this.#goTo(key))];
  }

  /** @param {string} key */
  #goTo(key) {
    const row = this.#shown.get(key);
    if (row === undefined) return;
    goTo(this.#log, row);
    // Whatever comes now must not carry him back to the end.
    this.#scrolled();
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
    this.#drawProgress(element, entry);
    if (entry.state === undefined || element.dataset.state === entry.state) return;
    element.dataset.state = entry.state;
    element.classList.toggle('queued', entry.state === 'queued' || entry.state === 'held');
    element.classList.toggle('refused', entry.state === 'refused');
    const said = this.#words.state[entry.state];
    const mark = el('span', { class: 'state', title: said }, icon(ICON[entry.state]), saidOnly(said));
    element.querySelector('.meta > :last-child')?.replaceWith(mark);
    element.querySelector('.problem')?.remove();
    if (entry.state === 'refused' || entry.state === 'held') element.append(this.#problem(entry));
  }

  /**
   * @param {HTMLElement} element
   * @param {Entry} entry
   */
  #drawProgress(element, { progress, refused }) {
    let bar = element.querySelector('progress');
    if (progress === undefined || refused !== undefined) return bar?.remove();
    if (bar === null) {
      bar = el('progress', { max: '1', 'aria-label': this.#words.uploading });
      element.querySelector('.bubble')?.after(bar);
    }
    bar.value = progress;
  }

  /** @param {Entry} entry */
  #problem(entry) {
    const edit = el('button', { type: 'button' }, this.#words.edit);
    const remove = el('button', { type: 'button' }, this.#words.remove);
    edit.onclick = () => this.#takeBack(entry.key, true);
    remove.onclick = () => this.#takeBack(entry.key, false);
    const code = entry.state === 'held' ? 'queue_full' : (entry.refused ?? 'other');
    const reason = this.#words.refused[code] ?? this.#words.refused.other;
    // A file or a place is not put back into the composer.
    return el('p', { class: 'problem' }, reason, ...(entry.file == null && entry.place == null ? [edit] : []), remove);
  }

  #scrolled() {
    this.#top = this.#log.scrollTop;
    this.#atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_END_PX;
    if (this.#atEnd) this.#below.hidden = true;
  }
}

/**
 * What an entry's element was built from.
 * @param {Entry} entry
 */
const lookOf = ({ text, quote, file, place, sticker, edited, deleted, form, wrong, answers }) =>
  JSON.stringify([text, quote, file?.id, file?.state, place, sticker, edited, deleted, form, wrong, answers]);

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
