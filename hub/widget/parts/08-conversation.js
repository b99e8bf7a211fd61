// Conversation.

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
    return this.messages.filter((message) => message.from === 'operator' && message.seq > this.read && !message.deleted).length;
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

  /**
   * Takes messages that are others now.
   * @param {ChangedFrame} frame
   */
  change(frame) {
    if (frame.dialog !== this.dialog) return;
    const now = new Map(frame.items.map((message) => [message.seq, message]));
    this.messages = this.messages.map((message) => now.get(message.seq) ?? message);
    this.#keep();
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
