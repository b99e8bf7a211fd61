/** The files of the engine in memory: what is staged, what lies in which tray, what was saved. */
import { Refused } from "../backend";
import type {
  Attachment,
  FileCommand,
  FileLimits,
  PageAnswer,
  Receipt,
  StagedFile,
  ViewEvent,
} from "../types";
import picture from "./picture.png";
import type { FakeDialog } from "./desk";

const DONE: Receipt = { message: null, text: null, found: null };
const PICTURE = /\.(?:png|jpe?g|gif|webp)$/iu;
const DANGEROUS = /\.(?:exe|html?|js|svg|sh|bat|lnk|docm)$/iu;
const MOST_IN_TRAY = 20;

export class FakeFiles {
  readonly #coming = new Map<string, number>();
  /** The bytes of what was staged, for the player. */
  readonly #bytes = new Map<string, string>();
  readonly #trays = new Map<string, StagedFile[]>();
  /** Names of what was saved, oldest first. */
  readonly saved: string[] = [];

  constructor(
    private readonly limits: () => FileLimits,
    private readonly dialog: (id: string) => FakeDialog,
    private readonly tell: (event: ViewEvent) => void,
  ) {}

  address(id: string): string {
    return `${picture}?${id}`;
  }

  of(dialog: string): StagedFile[] {
    return [...(this.#trays.get(dialog) ?? [])];
  }

  async command(command: FileCommand): Promise<Receipt> {
    switch (command.do) {
      case "stage": {
        const size = command.at === 0 ? 0 : this.#coming.get(command.file);
        if (size !== command.at) throw new Refused({ error: "malformed" });
        const bytes = atob(command.part);
        this.#coming.set(command.file, size + bytes.length);
        this.#bytes.set(command.file, (this.#bytes.get(command.file) ?? "") + bytes);
        return DONE;
      }
      case "attach":
        this.#attach(command.file, command.dialog, command.name);
        return DONE;
      case "forget":
        this.#coming.delete(command.file);
        return DONE;
      case "save":
        return this.#save(command.file, command.name, command.sure);
    }
  }

  /** A part of a sound, as short as a hundred thousand bytes so that a short sound has several. */
  played(file: string, from: number): PageAnswer {
    const bytes = this.#bytes.get(file.replace("staged/", ""));
    if (bytes === undefined) throw new Refused({ error: "not_found" });
    const part = btoa(bytes.slice(from, from + 100_000));
    return { kind: "played", media: "audio/wav", part, size: bytes.length };
  }

  detach(id: string): void {
    for (const [dialog, files] of this.#trays) {
      this.#trays.set(
        dialog,
        files.filter((file) => file.id !== id),
      );
    }
  }

  takeOut(dialog: string, ids: readonly string[]): StagedFile[] {
    const files = ids.map((id) => this.of(dialog).find((file) => file.id === id));
    if (files.some((file) => file === undefined)) throw new Refused({ error: "not_found" });
    for (const id of ids) this.detach(id);
    return files.filter((file) => file !== undefined);
  }

  putBack(dialog: string, { id, name, media, size, pixels }: Attachment): void {
    this.#trays.set(dialog, [...this.of(dialog), { id, name, media, size, pixels: pixels ?? null }]);
  }

  #attach(id: string, dialog: string, name: string): void {
    const size = this.#coming.get(id);
    if (size === undefined) throw new Refused({ error: "not_found" });
    this.#coming.delete(id);
    this.dialog(dialog);
    const { most_bytes, media: taken } = this.limits();
    const isPicture = PICTURE.test(name);
    const sound = name.endsWith(".wav") ? "audio/wav" : "application/octet-stream";
    const media = isPicture ? "image/png" : sound;
    if (size > most_bytes) throw new Refused({ error: "file", why: { file: "too_large", most_bytes } });
    if (taken.length > 0 && !taken.includes(media))
      throw new Refused({ error: "file", why: { file: "media" } });
    if (this.of(dialog).length >= MOST_IN_TRAY)
      throw new Refused({ error: "file", why: { file: "too_many", most: MOST_IN_TRAY } });
    const pixels: [number, number] | null = isPicture ? [960, 640] : null;
    this.#trays.set(dialog, [...this.of(dialog), { id, name, media, size, pixels }]);
  }

  #save(id: string, name: string, sure: boolean): Receipt {
    if (DANGEROUS.test(name) && !sure) throw new Refused({ error: "file", why: { file: "dangerous" } });
    this.tell({ event: "fetching", file: id, got: 1_000 });
    this.saved.push(name);
    return { ...DONE, text: `~/Downloads/${name}` };
  }
}
