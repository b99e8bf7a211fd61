// View: the survey.

/** Asks what the customer thinks, when a conversation is over. */
class SurveyForm {
  /** @type {HTMLFormElement} */ element;
  /** @type {typeof RUSSIAN} */ #words;
  /** @type {Chat} */ #chat;
  /** @type {string} What it asks, and about which conversation. */ #asked = '';

  /**
   * @param {typeof RUSSIAN} words
   * @param {Chat} chat
   */
  constructor(words, chat) {
    this.#words = words;
    this.#chat = chat;
    this.element = el('form', { class: 'form survey', 'aria-label': words.rate });
    this.element.hidden = true;
    this.element.onsubmit = (event) => {
      event.preventDefault();
      this.#answer();
    };
    this.element.oninput = () => {
      const { stars, note, answers } = this.#filled();
      this.#chat.written.keep('survey', this.#asked, [stars, note, ...answers]);
    };
  }

  /** Shows itself while there is something to ask. */
  show() {
    const survey = this.#chat.toRate();
    this.element.hidden = survey === null;
    if (survey === null) return;
    const asked = JSON.stringify([this.#chat.conversation.dialog, survey.questions]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#build(survey);
  }

  /** @param {Survey} survey */
  #build({ questions }) {
    const words = this.#words;
    const stars = el('fieldset', { class: 'stars' }, el('legend', {}, words.rate));
    for (const count of [1, 2, 3, 4, 5]) {
      const input = el('input', { type: 'radio', name: 'stars', value: String(count), required: '', 'aria-label': words.stars(count) });
      stars.append(el('label', { title: words.stars(count) }, input, icon(ICON.star)));
    }
    const asked = questions.map((question) => el('label', { dir: 'auto' }, question, el('textarea', { name: 'answer', rows: '1', maxlength: '2000' })));
    const note = el('label', {}, words.note, el('textarea', { name: 'note', rows: '2', maxlength: '2000' }));
    const later = el('button', { type: 'button' }, words.notNow);
    later.onclick = () => {
      this.#chat.written.drop('survey');
      this.#chat.skipRating();
    };
    const act = el('div', { class: 'acts' }, later, el('button', { class: 'wide', type: 'submit' }, words.send));
    this.element.replaceChildren(stars, ...asked, note, act);
    this.#fill(this.#chat.written.of('survey', this.#asked));
  }

  /** What was written before a reload. @param {string[]} kept */
  #fill([stars, note = '', ...answers]) {
    for (const input of this.element.querySelectorAll('input')) input.checked = input.value === stars;
    for (const field of this.element.querySelectorAll('textarea')) field.value = field.name === 'note' ? note : (answers.shift() ?? '');
  }

  #filled() {
    const said = new FormData(this.element);
    return { stars: String(said.get('stars') ?? ''), note: String(said.get('note') ?? ''), answers: said.getAll('answer').map(String) };
  }

  #answer() {
    const { stars, note, answers } = this.#filled();
    const count = Number(stars);
    if (!(count >= 1 && count <= 5)) return;
    this.#chat.written.drop('survey');
    this.#chat.rate(count, note.trim(), answers);
  }
}
