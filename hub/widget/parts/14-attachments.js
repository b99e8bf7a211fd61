// View: what a message is besides words.

/** Shows files, places, stickers, forms and answers to choose from. */
class Attachments {
  /** @type {typeof RUSSIAN} */ #words;
  /** @type {Chat} */ #chat;

  /**
   * @param {typeof RUSSIAN} words
   * @param {Chat} chat
   */
  constructor(words, chat) {
    this.#words = words;
    this.#chat = chat;
  }

  /**
   * What stands in the bubble besides its words.
   * @param {Entry} entry
   * @returns {HTMLElement[]}
   */
  inside({ file, place, sticker, text, deleted }) {
    if (deleted) return [];
    if (place != null) return [this.#place(place)];
    if (file == null) return [];
    return [sticker === true ? this.#sticker(file, text) : this.#file(file)];
  }

  /**
   * What stands below the bubble.
   * @param {Entry} entry
   * @returns {HTMLElement[]}
   */
  below(entry) {
    // A form without fields is none.
    if (entry.form !== undefined && entry.form.length > 0) return [this.#form(entry)];
    return entry.answers === undefined ? [] : [this.#answers(entry.answers)];
  }

  /** @param {Attachment} file */
  #file(file) {
    const words = this.#words;
    const size = sizeText(file.size, words.units);
    const said = el('span', { class: 'file-said' }, el('bdi', {}, file.name), el('small', {}, words.fileState[file.state] ?? size));
    if (file.state !== 'ready') return el('span', { class: 'file' }, icon(ICON.file), said);
    const button = el('button', { class: 'file', type: 'button', 'aria-label': `${words.download} ${file.name}, ${size}` }, icon(ICON.file), said);
    button.onclick = () => this.#chat.links.want(file.id, (link) => save(this.#chat.address(link.address)));
    if (file.pixels !== null) this.#chat.links.want(file.id, (link) => showThumbnail(button, this.#chat.address(link.thumbnail)));
    return button;
  }

  /** @param {Spot} spot */
  #place(spot) {
    const words = this.#words;
    const said = el('span', { class: 'file-said' }, el('bdi', { dir: 'ltr', class: 'spot' }, spotText(spot)), ...off(spot, words));
    return el('span', { class: 'place' }, icon(ICON.place), saidOnly(`${words.placeIs} `), said);
  }

  /**
   * A picture without a bubble, once it is there; until then, and where a site's policy forbids it, what it is in words.
   * @param {Attachment} file
   * @param {string} emoji
   */
  #sticker(file, emoji) {
    const words = this.#words;
    const name = [words.sticker, emoji, words.fileState[file.state] ?? ''].filter(Boolean).join(' ');
    const place = el('span', {}, name);
    if (file.state === 'ready' && file.pixels !== null) this.#chat.links.want(file.id, (link) => showSticker(place, name, this.#chat.address(link.thumbnail)));
    return place;
  }

  /** @param {Entry} entry */
  #form({ form: asked }) {
    const { contactAsk } = this.#words;
    const form = new ContactsForm(this.#words, contactAsk, asked ?? [], this.#chat.kept, () => {
      const contacts = form.read();
      if (contacts !== null) this.#chat.giveContacts(contacts);
    });
    return form.element;
  }

  /** @param {string[]} answers */
  #answers(answers) {
    const row = el('div', { class: 'answers', role: 'group', 'aria-label': this.#words.choose });
    for (const answer of answers) {
      const button = el('button', { type: 'button', dir: 'auto' }, answer);
      button.onclick = () => this.#chat.write(answer);
      row.append(button);
    }
    return row;
  }
}

/**
 * A size as people say it.
 * @param {number} bytes
 * @param {string[]} units
 */
function sizeText(bytes, units) {
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

/** @param {string | null} address */
function save(address) {
  if (address === null) return;
  const anchor = el('a', { href: address, download: '', rel: 'noopener noreferrer', target: '_blank' });
  anchor.click();
}

/**
 * @param {HTMLElement} place
 * @param {string} name
 * @param {string | null} address
 */
function showSticker(place, name, address) {
  if (address === null) return;
  const picture = el('img', { src: address, alt: name, decoding: 'async', referrerpolicy: 'no-referrer' });
  picture.addEventListener('load', () => {
    place.replaceChildren(picture);
    place.closest('.bubble')?.classList.add('bare');
  });
}

/**
 * @param {HTMLElement} button
 * @param {string | null} address
 */
function showThumbnail(button, address) {
  if (address === null) return;
  const picture = el('img', { src: address, alt: '', decoding: 'async', referrerpolicy: 'no-referrer' });
  // A site's policy may forbid it; the name stands there anyway.
  picture.addEventListener('load', () => button.classList.add('pictured'));
  picture.addEventListener('error', () => picture.remove());
  button.prepend(picture);
}
