/** Unfinished texts, one per dialog: kept on disk by the engine; here those that are not there yet, or were refused. */
import { asRefused, type Backend } from "../backend/backend";
import type { DialogId, Quote, UiError } from "../backend/types";

export interface Draft {
  text: string;
  note: boolean;
  /** The message that it answers. */
  quote: Quote | null;
}

export class Drafts {
  readonly #unsaved = new Map<DialogId, Draft>();
  /** What stands on disk, as far as is known here: the engine may put an answer behind it that did not go out. */
  readonly #known = new Map<DialogId, string>();
  /** Commands about one text go out in the order in which it changed. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(private readonly backend: Backend) {}

  /** Does this after everything before it. */
  then<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#line.then(step);
    this.#line = next.catch(() => undefined);
    return next;
  }

  /** Ends when everything before is done. */
  async settled(): Promise<void> {
    await this.#line;
  }

  /** What the disk does not have, as far as is known. */
  unsaved(dialog: DialogId): Draft | undefined {
    return this.#unsaved.get(dialog);
  }

  put(dialog: DialogId, draft: Draft): void {
    this.#unsaved.set(dialog, draft);
  }

  /** The same, unless something newer waits. */
  putIfNone(dialog: DialogId, draft: Draft): void {
    if (!this.#unsaved.has(dialog)) this.put(dialog, draft);
  }

  /** Something of it went out, and the disk has none any more. What was not there yet. */
  sent(dialog: DialogId): Draft | undefined {
    const kept = this.#unsaved.get(dialog);
    this.#unsaved.delete(dialog);
    this.#known.set(dialog, "");
    return kept;
  }

  /** The engine put words behind it; `onScreen`: it stands in the field, which is told by itself. */
  add(dialog: DialogId, text: string, onScreen: boolean): void {
    const unsaved = this.#unsaved.get(dialog);
    const known = this.#known.get(dialog);
    if (known !== undefined) this.#known.set(dialog, joined(known, text));
    if (!onScreen && unsaved !== undefined)
      this.put(dialog, { ...unsaved, text: behind(unsaved.text, text) });
  }

  /** What was put behind it on disk and is not known here; nothing, where it is not `wanted` any more by then. */
  async added(dialog: DialogId, wanted: () => boolean): Promise<string | null> {
    const before = this.#known.get(dialog);
    const draft = before === undefined ? null : await this.#read(dialog);
    if (draft === null || before === undefined || !wanted()) return null;
    if (draft.text === before || !draft.text.startsWith(before)) return null;
    this.#known.set(dialog, draft.text);
    return draft.text.slice(before.length).replace(/^\n/u, "");
  }

  async load(dialog: DialogId): Promise<Draft | null> {
    // A draft on its way to the disk must be there before it is read.
    return this.then(async () => {
      const draft = await this.#read(dialog);
      if (draft !== null) this.#known.set(dialog, draft.text);
      return draft;
    });
  }

  /** What was written in a dialog that is not on screen. */
  async kept(dialog: DialogId): Promise<Draft | null> {
    return this.#unsaved.get(dialog) ?? (await this.#read(dialog));
  }

  /** Brings to the disk what is not there; why not, if it could not. */
  async save(dialog: DialogId): Promise<UiError | null> {
    const draft = this.#unsaved.get(dialog);
    if (draft === undefined) return null;
    const { text, note, quote } = draft;
    try {
      const command = { do: "save_draft", dialog, text, note, ...quoting(quote) } as const;
      await this.backend.command({ kind: "session", command });
      this.#known.set(dialog, text);
      if (this.#unsaved.get(dialog) === draft) this.#unsaved.delete(dialog);
      return null;
    } catch (thrown) {
      return asRefused(thrown).reason;
    }
  }

  async #read(dialog: DialogId): Promise<Draft | null> {
    try {
      const answer = await this.backend.query({ kind: "session", query: { get: "draft", dialog } });
      if (answer.kind !== "session" || answer.answer.answer !== "draft") return null;
      const { text, note, quote } = answer.answer;
      return { text, note, quote: quote ?? null };
    } catch {
      return null;
    }
  }
}

export function quoting(quote: Quote | null): { quote?: Quote } {
  return quote === null ? {} : { quote };
}

/** What is answered, unless an answer to it has just been sent. */
export function unless(sent: Quote | null, quote: Quote | null): Quote | null {
  return sent !== null && sent.seq === quote?.seq ? null : quote;
}

export function isEmpty({ text, quote }: Draft): boolean {
  return text === "" && quote === null;
}

/** What was written without what of it was sent. */
export function without(sent: string, text: string): string {
  return text.startsWith(sent) ? text.slice(sent.length) : text;
}

/** What was written first, then what was written after it. */
export function joined(first: string, then: string): string {
  return first === "" || then === "" ? first + then : `${first}\n${then}`;
}

/** The same, unless what was written first ends with it already. */
export function behind(first: string, then: string): string {
  return first === then || first.endsWith(`\n${then}`) ? first : joined(first, then);
}
