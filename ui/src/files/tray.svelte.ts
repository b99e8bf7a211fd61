/**
 * Files that the operator has chosen and not sent, of the dialog on screen. A file is kept when the engine has all of it
 * and has said so; until then it is on its way there, and can be waved away. It knows no elements.
 */
import { asRefused, type Backend } from "../backend/backend";
import type { DialogId, FileLimits, StagedFile, StagedId, UiError } from "../backend/types";
import { partsOf } from "./parts";

export interface TrayFile {
  id: StagedId;
  name: string;
  size: number;
  /** What it is, as the engine found; empty until it is kept. */
  media: string;
  /** Width and height, of a picture that is kept. */
  pixels: [number, number] | null;
  /** On its way into the engine's keeping, kept there, or not taken. */
  state: "coming" | "kept" | "refused";
  /** Bytes that the engine has. */
  come: number;
  error: UiError | null;
}

interface Coming {
  stopped: boolean;
}

export class Tray {
  #dialog = $state<DialogId | null>(null);
  #files = $state.raw<readonly TrayFile[]>([]);
  /** Files on their way, or not taken, of dialogs that are not on screen. */
  readonly #elsewhere = new Map<DialogId, readonly TrayFile[]>();
  readonly #coming = new Map<StagedId, Coming>();
  /** Files come one after the other, in the order in which they were chosen. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly backend: Backend,
    private readonly limits: () => FileLimits,
  ) {}

  get files(): readonly TrayFile[] {
    return this.#files;
  }
  get kept(): readonly TrayFile[] {
    return this.#files.filter((file) => file.state === "kept");
  }
  get coming(): boolean {
    return this.#files.some((file) => file.state === "coming");
  }

  /** Shows the tray of another dialog. */
  async open(dialog: DialogId | null): Promise<void> {
    if (dialog === this.#dialog) return;
    if (this.#dialog !== null) this.#elsewhere.set(this.#dialog, this.#unkept());
    this.#dialog = dialog;
    this.#files = dialog === null ? [] : (this.#elsewhere.get(dialog) ?? []);
    await this.reload();
  }

  /** Reads what the engine keeps for this dialog. */
  async reload(): Promise<void> {
    const dialog = this.#dialog;
    if (dialog === null) return;
    const kept = await this.#ask(dialog);
    if (kept !== null && dialog === this.#dialog) this.#files = [...kept.map(keptFile), ...this.#unkept()];
  }

  /** Takes chosen files in, in their order. */
  add(chosen: readonly File[]): void {
    const dialog = this.#dialog;
    if (dialog === null) return;
    for (const file of chosen) {
      const entry: TrayFile = {
        id: crypto.randomUUID(),
        name: file.name === "" ? "image.png" : file.name,
        size: file.size,
        media: "",
        pixels: null,
        state: "coming",
        come: 0,
        error: null,
      };
      const trouble = this.#troubleOf(file);
      this.#files = [
        ...this.#files,
        trouble === null ? entry : { ...entry, state: "refused", error: trouble },
      ];
      if (trouble !== null) continue;
      const coming = { stopped: false };
      this.#coming.set(entry.id, coming);
      this.#line = this.#line.then(() => this.#take(dialog, entry, file, coming)).catch(() => undefined);
    }
  }

  /** Every file that is on its way now has come. */
  async settled(): Promise<void> {
    await this.#line;
  }

  /** Takes a file out of the tray. */
  async remove(id: StagedId): Promise<void> {
    const entry = this.#files.find((file) => file.id === id);
    if (entry === undefined) return;
    const coming = this.#coming.get(id);
    if (coming !== undefined) coming.stopped = true;
    if (entry.state === "kept") {
      try {
        await this.backend.command({ kind: "session", command: { do: "detach", file: id } });
      } catch (thrown) {
        this.#change(id, { error: asRefused(thrown).reason });
        return;
      }
    }
    this.#files = this.#files.filter((file) => file.id !== id);
  }

  /**
   * Sends those of these files that are kept, with these words to the first; the dialog need not be on screen. Throws the
   * engine's refusal; nothing has changed then.
   */
  async send(dialog: DialogId, text: string, chosen: readonly StagedId[]): Promise<void> {
    const kept = (await this.#ask(dialog)) ?? (dialog === this.#dialog ? this.kept : []);
    const files = kept.map((file) => file.id).filter((id) => chosen.includes(id));
    await this.backend.command({ kind: "session", command: { do: "send_files", dialog, files, text } });
    if (dialog !== this.#dialog) return;
    this.#files = this.#files.filter((file) => !files.includes(file.id));
  }

  async #take(dialog: DialogId, entry: TrayFile, file: File, coming: Coming): Promise<void> {
    const { id, name } = entry;
    try {
      for await (const { at, part } of partsOf(file)) {
        if (coming.stopped) break;
        await this.backend.command({ kind: "file", command: { do: "stage", file: id, at, part } });
        this.#change(id, { come: Math.min(file.size, at + (part.length / 4) * 3) });
      }
      if (coming.stopped) {
        await this.backend.command({ kind: "file", command: { do: "forget", file: id } });
        return;
      }
      await this.backend.command({ kind: "file", command: { do: "attach", file: id, dialog, name } });
      this.#change(id, { state: "kept", come: file.size });
      const found = (await this.#ask(dialog))?.find((one) => one.id === id);
      if (found !== undefined) this.#change(id, keptFile(found));
      // Waved away while it was being kept.
      if (coming.stopped)
        await this.backend.command({ kind: "session", command: { do: "detach", file: id } });
    } catch (thrown) {
      this.#change(id, { state: "refused", error: whyNotTaken(thrown) });
    } finally {
      this.#coming.delete(id);
    }
  }

  /** What is known of a file before a byte of it has moved. */
  #troubleOf(file: File): UiError | null {
    const most = this.limits().most_bytes;
    if (file.size === 0) return { error: "file", why: { file: "empty" } };
    return file.size > most ? { error: "file", why: { file: "too_large", most_bytes: most } } : null;
  }

  #change(id: StagedId, change: Partial<TrayFile>): void {
    const changed = (files: readonly TrayFile[]) =>
      files.map((file) => (file.id === id ? { ...file, ...change } : file));
    this.#files = changed(this.#files);
    for (const [dialog, files] of this.#elsewhere) {
      // What is kept is read anew when its dialog is opened.
      this.#elsewhere.set(
        dialog,
        changed(files).filter((file) => file.state !== "kept"),
      );
    }
  }

  #unkept(): readonly TrayFile[] {
    return this.#files.filter((file) => file.state !== "kept");
  }

  async #ask(dialog: DialogId): Promise<readonly StagedFile[] | null> {
    try {
      const answer = await this.backend.query({ kind: "session", query: { get: "draft", dialog } });
      if (answer.kind !== "session" || answer.answer.answer !== "draft") return null;
      return answer.answer.files;
    } catch {
      return null;
    }
  }
}

/** The browser's own error is about reading: the file was taken away meanwhile, or is a folder. */
function whyNotTaken(thrown: unknown): UiError {
  return thrown instanceof DOMException ? { error: "file", why: { file: "lost" } } : asRefused(thrown).reason;
}

function keptFile(file: StagedFile): TrayFile {
  const { id, name, size, media, pixels } = file;
  return { id, name, size, media, pixels, state: "kept", come: size, error: null };
}
