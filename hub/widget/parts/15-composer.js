// View: the composer.

/** Where the customer writes. What does not go stays. */
class Composer {
  /** @type {HTMLFormElement} */ element;
  /** @type {HTMLTextAreaElement} */ #field;
  /** @type {HTMLButtonElement} */ #send;
  /** @type {HTMLElement} */ #counter;
  /** @type {number} How many characters may be added. */ #left = 0;
  /** @type {HTMLButtonElement} */ #attach;
  /** @type {HTMLButtonElement} */ #place;
  /** @type {HTMLInputElement} */ #chooser;
  /** @type {typeof RUSSIAN} */ #words;
  /** @type {Chat} */ #chat;
  /** @type {() => boolean} */ #mayGo;
  /** @type {Shelf} What is being written survives a reload of this tab. */ #drafts;

  /**
   * @param {typeof RUSSIAN} words
   * @param {Chat} chat
   * @param {Shelf} drafts
   * @param {() => void} askPlace the customer wants to share where he is
   * @param {() => boolean} mayGo whether nothing has to be filled in first
   */
  constructor(words, chat, drafts, askPlace, mayGo) {
    this.#words = words;
    this.#chat = chat;
    this.#drafts = drafts;
    this.#mayGo = mayGo;
    this.#field = el('textarea', { rows: '1', placeholder: words.placeholder, 'aria-label': words.placeholder, 'aria-describedby': 'hint counter', dir: 'auto', enterkeyhint: 'send' });
    this.#send = el('button', { class: 'send', type: 'submit', 'aria-label': words.send, title: words.hint }, icon(ICON.send));
    this.#counter = el('p', { class: 'counter', id: 'counter', role: 'status' });
    const hint = saidOnly(words.hint);
    hint.id = 'hint';
    this.#chooser = el('input', { type: 'file', multiple: '', tabindex: '-1', 'aria-hidden': 'true' });
    this.#chooser.hidden = true;
    this.#attach = el('button', { class: 'attach', type: 'button', 'aria-label': words.attach, title: words.attach }, icon(ICON.clip));
    this.#attach.hidden = true;
    this.#place = el('button', { class: 'attach', type: 'button', 'aria-label': words.place, title: words.place }, icon(ICON.place));
    this.#place.onclick = askPlace;
    const tools = el('span', { class: 'tools' }, this.#attach, this.#place);
    this.element = el('form', { class: 'composer', novalidate: '' }, this.#chooser, tools, this.#field, this.#send, this.#counter, hint);
    this.element.onsubmit = (event) => this.#submit(event);
    this.#attach.onclick = () => this.#chooser.click();
    this.#chooser.onchange = () => {
      this.#chat.sendFiles([...(this.#chooser.files ?? [])]);
      // The same file can be chosen again.
      this.#chooser.value = '';
      this.focus();
    };
    this.#field.onpaste = (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || this.#chat.files === null) return;
      event.preventDefault();
      this.#chat.sendFiles(files);
    };
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

  /** Shows what can be done now. */
  show() {
    const { files, blocked } = this.#chat;
    const shut = blocked || this.#chat.isFull();
    this.#attach.hidden = files === null || shut;
    this.#place.hidden = shut || !PlaceForm.canAsk();
    this.#markSend();
    this.#chooser.accept = files?.media.join(',') ?? '';
    this.#field.disabled = blocked;
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
    this.#left = left;
    this.#markSend();
  }

  /** Says whether what is written can go. What is written where nothing begins now stays, to go later. */
  #markSend() {
    const full = this.#chat.isFull();
    this.#send.setAttribute('aria-disabled', String(full || this.#left < 0 || isBlank(this.#field.value)));
    const said = full ? `${this.#words.send}. ${this.#words.full}` : this.#words.send;
    if (this.#send.getAttribute('aria-label') !== said) this.#send.setAttribute('aria-label', said);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    if (this.#chat.canWrite(this.#field.value) && !this.#chat.isFull() && !this.#mayGo()) return;
    if (this.#chat.write(this.#field.value)) {
      this.#field.value = '';
      this.#drafts.remove('draft');
    }
    this.fit();
    this.focus();
  }
}
