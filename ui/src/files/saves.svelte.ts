/** Files that are being saved among the operator's downloads. */
import { asRefused, type Backend } from "../backend/backend";
import type { Attachment, FileId } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import type { Toasts } from "../state/toasts.svelte";
import { failure } from "../state/words";
import { plainName } from "../text/chars";

export class Saves {
  /** How much of each has come, bytes. */
  #got = $state.raw<ReadonlyMap<FileId, number>>(new Map());
  /** It does something when it is opened: whether it is meant is asked. */
  doubted = $state.raw<Attachment | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly toasts: Toasts,
  ) {}

  /** How much has come of a file that is being saved; `null` if it is not. */
  of(file: FileId): number | null {
    return this.#got.get(file) ?? null;
  }

  /** The engine has fetched so much. Also of what is only shown. */
  came(file: FileId, got: number): void {
    if (this.#got.has(file)) this.#set(file, got);
  }

  /** `sure`: the operator knows that it does something when it is opened. */
  async save(file: Attachment, sure = false): Promise<void> {
    if (this.#got.has(file.id)) return;
    this.doubted = null;
    this.#set(file.id, 0);
    const name = plainName(file.name);
    try {
      const command = { do: "save", file: file.id, name: file.name, sure } as const;
      const receipt = await this.backend.command({ kind: "file", command });
      this.toasts.say(t("file.saved", { name, path: receipt.text ?? name }));
    } catch (thrown) {
      const { reason } = asRefused(thrown);
      if (reason.error === "file" && reason.why.file === "dangerous") this.doubted = file;
      else this.toasts.say(t("file.not_saved", { name, reason: failure(reason) }), { trouble: true });
    } finally {
      this.#set(file.id, null);
    }
  }

  #set(file: FileId, got: number | null): void {
    const all = new Map(this.#got);
    if (got === null) all.delete(file);
    else all.set(file, got);
    this.#got = all;
  }
}
