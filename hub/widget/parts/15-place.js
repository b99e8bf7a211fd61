// View: sharing a place.

/** How long the browser may look for the place, and how old what it knows may be. */
const PLACE_WITHIN_MS = 20_000;
const PLACE_AGE_MS = 60_000;

/**
 * Asks the browser where the customer is, once he has pressed the button, and shows what it said: only what he has seen
 * and confirmed is sent.
 */
class PlaceForm {
  /** @type {HTMLFormElement} */ element;
  /** @type {typeof RUSSIAN} */ #words;
  /** @type {Chat} */ #chat;
  /** @type {() => void} */ #done;
  /** @type {number} What was asked before is not answered any more. */ #turn = 0;
  /** @type {Spot | null} */ #spot = null;

  /**
   * @param {typeof RUSSIAN} words
   * @param {Chat} chat
   * @param {() => void} done where the keyboard goes afterwards
   */
  constructor(words, chat, done) {
    this.#words = words;
    this.#chat = chat;
    this.#done = done;
    this.element = el('form', { class: 'form share', 'aria-label': words.place });
    this.element.hidden = true;
    this.element.onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    this.element.onkeydown = (event) => {
      if (event.key !== 'Escape' || event.isComposing) return;
      // It closes this, and not the panel around it.
      event.stopPropagation();
      this.#close();
    };
  }

  /** Whether there is anybody to ask: browsers tell secure pages only. */
  static canAsk() {
    return globalThis.isSecureContext && navigator.geolocation !== undefined;
  }

  /** Who may not write shares nothing either. */
  show() {
    if (this.#chat.blocked && !this.element.hidden) this.#close();
  }

  /** The customer pressed the button. */
  ask() {
    const turn = (this.#turn += 1);
    this.#spot = null;
    this.element.hidden = false;
    this.#say('status', this.#words.placeAsking);
    const trouble = this.#words.placeTrouble;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => turn === this.#turn && this.#found(soundSpot(coords)),
      ({ code }) => turn === this.#turn && this.#say('alert', trouble[code] ?? trouble[2]),
      { enableHighAccuracy: true, timeout: PLACE_WITHIN_MS, maximumAge: PLACE_AGE_MS },
    );
  }

  /** @param {Spot | null} spot */
  #found(spot) {
    const words = this.#words;
    if (spot === null) return this.#say('alert', words.placeTrouble[2]);
    this.#spot = spot;
    const shown = [el('bdi', { dir: 'ltr', class: 'spot' }, spotText(spot)), ...off(spot, words)];
    const title = el('input', { type: 'text', name: 'title', maxlength: String(TITLE_CHARS), autocomplete: 'off', dir: 'auto' });
    const act = el('div', { class: 'acts' }, this.#cancel(), el('button', { class: 'wide', type: 'submit' }, words.send));
    this.element.replaceChildren(el('p', { role: 'status' }, `${words.placeFound} `, ...shown), el('label', {}, words.placeTitle, title), act);
    const { written } = this.#chat;
    title.value = written.of('place', '')[0] ?? '';
    title.oninput = () => written.keep('place', '', [title.value]);
    title.focus();
  }

  /**
   * @param {'status' | 'alert'} role
   * @param {string} text
   */
  #say(role, text) {
    const cancel = this.#cancel();
    this.element.replaceChildren(el('p', { role }, text), el('div', { class: 'acts' }, cancel));
    cancel.focus();
  }

  #cancel() {
    const button = el('button', { type: 'button' }, this.#words.cancel);
    button.onclick = () => this.#close();
    return button;
  }

  #send() {
    const spot = this.#spot;
    const title = new FormData(this.element).get('title');
    if (spot === null) return;
    this.#close();
    this.#chat.sharePlace(spot, firstChars(cleanLine(String(title ?? '')), TITLE_CHARS));
  }

  #close() {
    this.#chat.written.drop('place');
    this.#turn += 1;
    this.#spot = null;
    this.element.hidden = true;
    this.element.replaceChildren();
    this.#done();
  }
}

/**
 * How far off a place may be, if that is known.
 * @param {Spot} spot
 * @param {typeof RUSSIAN} words
 */
const off = ({ accuracy }, words) => (accuracy === undefined ? [] : [el('small', {}, words.within(distanceText(accuracy, words.distances)))]);
