/** What the operator is writing: the text on screen. What is typed leaves this place only after the engine's receipt. */
import { SvelteMap } from "svelte/reactivity";
import { asRefused, type Backend } from "../backend/backend";
import type { Command, DialogId, Quote, Receipt, UiError } from "../backend/types";
import type { Tray } from "../files/tray.svelte";
import { Spelling } from "../spelling/spelling.svelte";
import { wellFormed } from "../text/chars";
import { split } from "../text/split";
import { behind, type Draft, Drafts, isEmpty, joined, quoting, unless, without } from "./drafts";

const SAVE_AFTER_MS = 300;
const TYPING_EVERY_MS = 1_000;
const TYPING_OFF_AFTER_MS = 5_000;

/** What was sent and waits a moment, so that it can be taken back. On disk it is still the draft. */
export interface Pending extends Draft {
  dialog: DialogId;
  /** When it goes out, milliseconds since the epoch. */
  until: number;
}

export class Composer {
  #dialog = $state<DialogId | null>(null);
  #text = $state("");
  #note = $state(false);
  #quote = $state.raw<Quote | null>(null);
  /** How much is on its way out of each dialog. */
  readonly #going = new SvelteMap<DialogId, number>();
  #pending = $state.raw<Pending | null>(null);
  #goesOut: ReturnType<typeof setTimeout> | null = null;
  /** How long a message waits to be taken back, milliseconds; 0 sends at once. */
  undoMs = 0;
  /** The operator is about to write: the field takes the keyboard as soon as it is there. */
  fieldWanted = $state(false);
  /** Words that another window has ready for the field. */
  toInsert = $state<string | null>(null);
  /** The operator wants to choose files: he is asked as soon as the field is there. */
  filesWanted = $state(false);
  /** The operator wants to speak: it is recorded as soon as the field is there. */
  voiceWanted = $state(false);
  /** The operator wants a ready answer: the list opens as soon as the field is there. */
  templatesWanted = $state(false);
  readonly spelling: Spelling;
  #error = $state.raw<UiError | null>(null);
  /** The error above is of keeping the draft, not of sending. */
  #draftLost = $state(false);
  readonly #drafts: Drafts;
  #saveTimer: ReturnType<typeof setTimeout> | null = null;
  #typingOff: ReturnType<typeof setTimeout> | null = null;
  #typingTold = -Infinity;

  constructor(
    private readonly backend: Backend,
    /** Files that go with the next message. */
    readonly tray: Tray,
  ) {
    this.spelling = new Spelling(backend);
    this.#drafts = new Drafts(backend);
  }

  get dialog(): DialogId | null {
    return this.#dialog;
  }
  get text(): string {
    return this.#text;
  }
  get note(): boolean {
    return this.#note;
  }
  /** The message that is being answered. A note answers none. */
  get quote(): Quote | null {
    return this.#note ? null : this.#quote;
  }
  /** Something of the dialog on screen is on its way out. */
  get sending(): boolean {
    return this.#sending;
  }
  get #sending(): boolean {
    return this.#dialog !== null && this.#going.has(this.#dialog);
  }
  get pending(): Pending | null {
    return this.#pending;
  }
  get error(): UiError | null {
    return this.#error;
  }
  get draftLost(): boolean {
    return this.#draftLost;
  }

  /** Puts the present text away and takes out that of another dialog. */
  async open(dialog: DialogId | null): Promise<void> {
    if (dialog === this.#dialog) return;
    void this.flush();
    this.leave();
    this.#dialog = dialog;
    this.#error = null;
    this.#draftLost = false;
    void this.tray.open(dialog);
    const kept = dialog === null ? undefined : this.#drafts.unsaved(dialog);
    this.#text = kept?.text ?? "";
    this.#note = kept?.note ?? false;
    this.#quote = kept?.quote ?? null;
    if (dialog === null) return;
    if (kept !== undefined) {
      await this.catchUp();
      // What could not be kept is tried again, and said again if it still cannot.
      if (this.#dialog === dialog) this.#saveSoon();
      return;
    }
    const draft = await this.#drafts.load(dialog);
    if (draft === null || this.#dialog !== dialog) return;
    // Typed before the draft was read: both are kept.
    this.#text = behind(draft.text, this.#text);
    this.#note = draft.note;
    this.#quote ??= draft.quote;
  }

  /** What is written answers this message, or none any more. */
  answer(quote: Quote | null): void {
    this.#quote = quote;
    if (quote !== null) {
      this.#note = false;
      this.fieldWanted = true;
    }
    this.#saveSoon();
  }

  write(text: string, mayTell: boolean): void {
    this.#text = text;
    if (this.#error !== null && !this.#draftLost) this.#error = null;
    this.#saveSoon();
    if (mayTell && text !== "") this.#tellTyping();
    else this.#stopTyping();
  }

  setNote(note: boolean): void {
    if (this.#note === note) return;
    this.#note = note;
    this.#stopTyping();
    this.#saveSoon();
  }

  /** A message was taken back: it stands before what is being written, as in the draft on disk. */
  takeBack(dialog: DialogId, text: string, note: boolean, quote: Quote | null): void {
    if (dialog !== this.#dialog) return;
    this.#quote = quote ?? this.#quote;
    // Never may a note come back as words for the customer.
    this.#note = note || (this.#note && this.#text !== "");
    this.#text = joined(text, this.#text);
    this.#saveSoon();
  }

  /** Puts words behind what stands in a dialog's field. One that is not open has them on disk. */
  add(dialog: DialogId, text: string): void {
    this.#drafts.add(dialog, text, dialog === this.#dialog);
    if (dialog !== this.#dialog) return;
    this.#text = behind(this.#text, text);
    this.#saveSoon();
  }

  /**
   * Takes over what was put behind the draft on disk while nothing was told here, as under a cover: the field would
   * write over it.
   */
  async catchUp(): Promise<void> {
    const dialog = this.#dialog;
    if (dialog === null) return;
    await this.#drafts.then(async () => {
      const added = await this.#drafts.added(dialog, () => this.#dialog === dialog);
      if (added === null) return;
      this.#text = behind(this.#text, added);
      this.#saveSoon();
    });
  }

  /** Before the dialog or the page is left. */
  leave(): void {
    this.#stopTyping();
    this.saveNow();
  }

  /** Before the window goes: ends when everything written is with the engine. */
  async settle(): Promise<void> {
    void this.flush();
    this.leave();
    await this.#drafts.settled();
  }

  /** Ends when what is being written is on disk. */
  async saved(): Promise<void> {
    this.saveNow();
    await this.#drafts.settled();
  }

  saveNow(): void {
    const dialog = this.#dialog;
    if (dialog === null || this.#saveTimer === null) return;
    this.#cancelSave();
    this.#drafts.put(dialog, this.#draft());
    // Meanwhile words of it may have been sent: those never come back as a draft.
    void this.#drafts.then(async () => {
      if (this.#drafts.unsaved(dialog) !== undefined) await this.#save(dialog);
    });
  }

  /** Sends what is written, or lets it wait to be taken back. True once it is safely on disk. */
  async send(): Promise<boolean> {
    const dialog = this.#dialog;
    const text = this.#text;
    if (dialog === null || this.#sending || text.trim() === "") return false;
    const before = this.flush();
    if (this.undoMs === 0) return this.#out(dialog, { text, note: this.#note, quote: this.quote });
    this.#error = null;
    this.#stopTyping();
    const quote = this.quote;
    this.#pending = { dialog, text, note: this.#note, quote, until: Date.now() + this.undoMs };
    this.#text = "";
    if (quote !== null) this.#quote = null;
    this.#goesOut = setTimeout(() => void this.flush(), this.undoMs);
    this.#saveSoon();
    this.saveNow();
    return before;
  }

  /**
   * Sends the files of the tray, with what is written as their caption. True once they are safely in the queue. Files on
   * their way are waited for, and the operator does not have to: words and files of now go out wherever he is by then.
   */
  async sendFiles(): Promise<boolean> {
    const dialog = this.#dialog;
    if (dialog === null || this.#sending) return false;
    void this.flush();
    // A file answers no message: the words that do go first.
    const { text: words, quote } = this;
    if (
      quote !== null &&
      words.trim() !== "" &&
      !(await this.#out(dialog, { text: words, note: false, quote }))
    )
      return false;
    if (this.#dialog !== dialog) return false;
    this.#begin(dialog);
    this.#stopTyping();
    this.saveNow();
    const text = this.#text;
    const files = this.tray.files.map((file) => file.id);
    await this.tray.settled();
    return this.#drafts.then(async () => {
      const left = this.#dialog === dialog ? null : await this.#drafts.kept(dialog);
      try {
        await this.tray.send(dialog, wellFormed(text), files);
        this.#sent(dialog, text, null);
        const rest = left === null ? "" : without(text, left.text);
        // Sending cleared the draft on disk: what was written since is kept anew.
        if (left !== null && rest !== "") {
          this.#drafts.putIfNone(dialog, { ...left, text: rest });
          await this.#save(dialog);
        }
        return true;
      } catch (thrown) {
        // Nothing has changed: where the operator has left, all he wrote is the draft as before.
        if (this.#dialog === dialog)
          this.#refused(dialog, { text, note: false, quote: null }, asRefused(thrown).reason, false);
        return false;
      } finally {
        this.#end(dialog);
      }
    });
  }

  /**
   * Sends what is written in parts of at most `limit` characters, in order. Stops at the first that is refused, and
   * where the operator leaves. What has not gone yet is the draft, on disk before the next part goes.
   */
  async sendInParts(limit: number): Promise<boolean> {
    const dialog = this.#dialog;
    if (dialog === null || this.#sending) return false;
    void this.flush();
    const note = this.#note;
    this.#text = this.#text.trim();
    for (const text of split(this.#text, limit)) {
      if (this.#dialog !== dialog) return false;
      const out = this.#out(dialog, { text, note, quote: this.quote });
      // Whoever leaves meanwhile leaves the other parts as the draft.
      this.#saveSoon();
      if (!(await out)) return false;
      if (this.#dialog === dialog) this.#text = this.#text.trimStart();
    }
    return true;
  }

  /** Takes back what waits to be sent. */
  undo(): void {
    const pending = this.#takePending();
    if (pending === null) return;
    this.#text = joined(pending.text, this.#text);
    this.#note = pending.note;
    this.#quote = pending.quote ?? this.#quote;
    this.fieldWanted = true;
    this.#saveSoon();
  }

  /** Sends at once what waits. True if nothing was refused. */
  async flush(): Promise<boolean> {
    const pending = this.#takePending();
    if (pending === null) return true;
    const rest = this.#text !== "" || this.#quote !== null;
    const sent = this.#out(pending.dialog, pending, true);
    if (rest) this.#saveSoon();
    return sent;
  }

  #takePending(): Pending | null {
    const pending = this.#pending;
    if (this.#goesOut !== null) clearTimeout(this.#goesOut);
    this.#goesOut = null;
    this.#pending = null;
    return pending;
  }

  /** `waited`: the words have left the field already. */
  #out(dialog: DialogId, { text, note, quote }: Draft, waited = false): Promise<boolean> {
    this.#begin(dialog);
    this.#cancelSave();
    this.#stopTyping();
    const words = { dialog, text: wellFormed(text) };
    const command: Command = note
      ? { do: "send_note", ...words }
      : { do: "send_text", ...words, ...quoting(quote) };
    return this.#drafts.then(async () => {
      try {
        await this.#do(command);
        this.#sent(dialog, waited ? "" : text, waited ? null : quote);
        return true;
      } catch (thrown) {
        this.#refused(dialog, { text, note, quote }, asRefused(thrown).reason, waited);
        return false;
      } finally {
        this.#end(dialog);
      }
    });
  }

  #begin(dialog: DialogId): void {
    this.#going.set(dialog, (this.#going.get(dialog) ?? 0) + 1);
    this.#error = null;
  }

  #end(dialog: DialogId): void {
    const left = (this.#going.get(dialog) ?? 0) - 1;
    if (left > 0) this.#going.set(dialog, left);
    else this.#going.delete(dialog);
  }

  /** What the disk is to keep: with what waits to be sent, so that a crash makes a draft of it and loses nothing. */
  #draft(): Draft {
    const pending = this.#pending?.dialog === this.#dialog ? this.#pending : null;
    const text = pending === null ? this.#text : joined(pending.text, this.#text);
    // Never may a note come back as words for the customer.
    const note = this.#note || pending?.note === true;
    return { text: wellFormed(text), note, quote: pending?.quote ?? this.#quote };
  }

  /** Only what was sent leaves: words typed meanwhile stay. */
  #sent(dialog: DialogId, text: string, quote: Quote | null): void {
    const kept = this.#drafts.sent(dialog);
    if (this.#dialog !== dialog) {
      if (kept === undefined) return;
      const rest = { ...kept, text: without(text, kept.text), quote: unless(quote, kept.quote) };
      if (!isEmpty(rest)) this.#drafts.put(dialog, rest);
      return;
    }
    this.#text = without(text, this.#text);
    this.#quote = unless(quote, this.#quote);
    this.#cancelSave();
    if (isEmpty(this.#draft())) return;
    // Sending cleared the draft on disk: what was not sent is kept anew at once, before anything else goes out.
    this.#saveSoon();
    this.saveNow();
  }

  #refused(dialog: DialogId, draft: Draft, reason: UiError, waited: boolean): void {
    if (this.#dialog !== dialog) {
      const kept = this.#drafts.unsaved(dialog);
      // Left behind with all that stood in the field, the refused words among them.
      if (!waited && kept !== undefined) return;
      this.#drafts.put(dialog, { ...draft, text: joined(draft.text, kept?.text ?? "") });
      return;
    }
    if (waited) {
      this.#text = joined(draft.text, this.#text);
      this.#note = draft.note;
      this.#quote = draft.quote ?? this.#quote;
    }
    this.#error = reason;
    this.#draftLost = false;
    this.#saveSoon();
  }

  async #save(dialog: DialogId): Promise<void> {
    const reason = await this.#drafts.save(dialog);
    if (this.#dialog !== dialog) return;
    if (reason !== null) {
      this.#error = reason;
      this.#draftLost = true;
    } else if (this.#draftLost) {
      this.#error = null;
      this.#draftLost = false;
    }
  }

  #saveSoon(): void {
    this.#cancelSave();
    this.#saveTimer = setTimeout(() => this.saveNow(), SAVE_AFTER_MS);
  }

  #cancelSave(): void {
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer);
    this.#saveTimer = null;
  }

  #tellTyping(): void {
    const dialog = this.#dialog;
    if (dialog === null) return;
    if (this.#typingOff !== null) clearTimeout(this.#typingOff);
    this.#typingOff = setTimeout(() => this.#stopTyping(), TYPING_OFF_AFTER_MS);
    const now = performance.now();
    if (now - this.#typingTold < TYPING_EVERY_MS) return;
    this.#typingTold = now;
    void this.#do({ do: "typing", dialog, on: true, note: this.#note }).catch(() => undefined);
  }

  #stopTyping(): void {
    if (this.#typingOff === null) return;
    clearTimeout(this.#typingOff);
    this.#typingOff = null;
    this.#typingTold = -Infinity;
    const dialog = this.#dialog;
    if (dialog !== null)
      void this.#do({ do: "typing", dialog, on: false, note: false }).catch(() => undefined);
  }

  async #do(command: Command): Promise<Receipt> {
    return this.backend.command({ kind: "session", command });
  }
}
