/**
 * What the operator is writing. One unfinished text per dialog, kept on disk by the engine; here only the one on
 * screen, and those the disk refused. What is typed leaves this place only after the engine's receipt.
 */
import { asRefused, type Backend } from "../backend/backend";
import type { Command, DialogId, Receipt, UiError } from "../backend/types";
import { wellFormed } from "../text/chars";

const SAVE_AFTER_MS = 300;
const TYPING_EVERY_MS = 1_000;
const TYPING_OFF_AFTER_MS = 5_000;

interface Draft {
  text: string;
  note: boolean;
}

export class Composer {
  #dialog = $state<DialogId | null>(null);
  #text = $state("");
  #note = $state(false);
  #sending = $state(false);
  /** The operator is about to write: the field takes the keyboard as soon as it is there. */
  fieldWanted = $state(false);
  #error = $state.raw<UiError | null>(null);
  /** The error above is of keeping the draft, not of sending. */
  #draftLost = $state(false);
  readonly #unsaved = new Map<DialogId, Draft>();
  #saveTimer: ReturnType<typeof setTimeout> | null = null;
  #typingOff: ReturnType<typeof setTimeout> | null = null;
  #typingTold = -Infinity;
  /** Commands about one text go out in the order in which it changed. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(private readonly backend: Backend) {}

  get dialog(): DialogId | null {
    return this.#dialog;
  }
  get text(): string {
    return this.#text;
  }
  get note(): boolean {
    return this.#note;
  }
  get sending(): boolean {
    return this.#sending;
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
    this.leave();
    this.#dialog = dialog;
    this.#error = null;
    const kept = dialog === null ? undefined : this.#unsaved.get(dialog);
    this.#text = kept?.text ?? "";
    this.#note = kept?.note ?? false;
    if (dialog === null || kept !== undefined) return;
    const draft = await this.#load(dialog);
    if (draft === null || this.#dialog !== dialog) return;
    // Typed before the draft was read: both are kept.
    this.#text =
      this.#text === "" || draft.text === "" ? draft.text + this.#text : `${draft.text}\n${this.#text}`;
    this.#note = draft.note;
  }

  write(text: string, mayTell: boolean): void {
    this.#text = text;
    if (this.#error !== null && !this.#draftLost) this.#error = null;
    this.#saveSoon();
    if (mayTell && !this.#note && text !== "") this.#tellTyping();
    else this.#stopTyping();
  }

  setNote(note: boolean): void {
    if (this.#note === note) return;
    this.#note = note;
    this.#stopTyping();
    this.#saveSoon();
  }

  /** Replaces the text: a message was taken back, and its text is the draft already. */
  takeBack(dialog: DialogId, text: string, note: boolean): void {
    if (dialog !== this.#dialog) return;
    this.#cancelSave();
    this.#text = text;
    this.#note = note;
  }

  /** Before the dialog or the page is left. */
  leave(): void {
    this.#stopTyping();
    this.saveNow();
  }

  saveNow(): void {
    const dialog = this.#dialog;
    if (dialog === null || this.#saveTimer === null) return;
    this.#cancelSave();
    const draft = { text: wellFormed(this.#text), note: this.#note };
    this.#unsaved.set(dialog, draft);
    this.#then(async () => this.#save(dialog, draft));
  }

  /** Sends what is written. True once it is safely on disk. */
  async send(): Promise<boolean> {
    const dialog = this.#dialog;
    const text = this.#text;
    if (dialog === null || this.#sending || text.trim() === "") return false;
    this.#sending = true;
    this.#error = null;
    this.#cancelSave();
    this.#stopTyping();
    const make = this.#note ? "send_note" : "send_text";
    const note = this.#note;
    return this.#then(async () => {
      try {
        await this.#do({ do: make, dialog, text: wellFormed(text) });
        this.#sent(dialog, text);
        return true;
      } catch (thrown) {
        this.#refused(dialog, { text, note }, asRefused(thrown).reason);
        return false;
      } finally {
        this.#sending = false;
      }
    });
  }

  /** Only what was sent leaves: words typed meanwhile stay. */
  #sent(dialog: DialogId, text: string): void {
    this.#unsaved.delete(dialog);
    if (this.#dialog !== dialog) return;
    const rest = this.#text.startsWith(text) ? this.#text.slice(text.length) : this.#text;
    this.#text = rest;
    if (rest !== "") this.#saveSoon();
  }

  #refused(dialog: DialogId, draft: Draft, reason: UiError): void {
    if (this.#dialog !== dialog) {
      this.#unsaved.set(dialog, draft);
      return;
    }
    this.#error = reason;
    this.#draftLost = false;
    this.#saveSoon();
  }

  async #load(dialog: DialogId): Promise<Draft | null> {
    // A draft on its way to the disk must be there before it is read.
    return this.#then(async () => {
      try {
        const answer = await this.backend.query({ kind: "session", query: { get: "draft", dialog } });
        if (answer.kind !== "session" || answer.answer.answer !== "draft") return null;
        return { text: answer.answer.text, note: answer.answer.note };
      } catch {
        return null;
      }
    });
  }

  async #save(dialog: DialogId, draft: Draft): Promise<void> {
    try {
      await this.#do({ do: "save_draft", dialog, text: draft.text, note: draft.note });
      if (this.#unsaved.get(dialog) === draft) this.#unsaved.delete(dialog);
      if (this.#dialog === dialog && this.#draftLost) {
        this.#error = null;
        this.#draftLost = false;
      }
    } catch (thrown) {
      const reason = asRefused(thrown).reason;
      if (this.#dialog !== dialog || reason.error !== "disk") return;
      this.#error = reason;
      this.#draftLost = true;
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
    void this.#do({ do: "typing", dialog, on: true }).catch(() => undefined);
  }

  #stopTyping(): void {
    if (this.#typingOff === null) return;
    clearTimeout(this.#typingOff);
    this.#typingOff = null;
    this.#typingTold = -Infinity;
    const dialog = this.#dialog;
    if (dialog !== null) void this.#do({ do: "typing", dialog, on: false }).catch(() => undefined);
  }

  async #do(command: Command): Promise<Receipt> {
    return this.backend.command({ kind: "session", command });
  }

  #then<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#line.then(step);
    this.#line = next.catch(() => undefined);
    return next;
  }
}
