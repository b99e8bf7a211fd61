/** How the machine under the page stands, and what its administrator has laid down. */
import { asRefused, type Backend } from "../backend/backend";
import type { MachineCommand, MachineView, PolicyView, Settings } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import type { Toasts } from "./toasts.svelte";
import { failure } from "./words";

export class Machine {
  /** `null`: the page is in a browser, or has not been told yet. */
  view = $state.raw<MachineView | null>(null);
  policy = $state.raw<PolicyView | null>(null);
  /** How often it was told without being asked: an answer that was under way meanwhile is older. */
  #told = 0;

  constructor(
    private readonly backend: Backend,
    private readonly toasts: Toasts,
  ) {}

  /** The version that takes the next restart. */
  get ready(): string | null {
    const update = this.view?.update;
    return update?.update === "ready" ? update.version : null;
  }

  /** Whether the administrator has laid this setting down. */
  locks(name: keyof Settings): boolean {
    return this.policy?.locked.includes(name) ?? false;
  }

  /** Why this setting cannot be changed here; `null` if it can. */
  whyLocked(name: keyof Settings): string | null {
    if (!this.locks(name)) return null;
    const contact = this.policy?.contact ?? null;
    return contact === null ? t("policy.locked") : t("policy.locked.contact", { contact });
  }

  async load(): Promise<void> {
    const told = this.#told;
    const answer = await this.backend.query({ kind: "machine" }).catch(() => null);
    if (answer?.kind !== "machine") return;
    if (told === this.#told) this.view = answer.machine;
    this.policy = answer.policy;
  }

  take(view: MachineView): void {
    this.#told += 1;
    this.view = view;
  }

  async do(command: MachineCommand): Promise<void> {
    try {
      await this.backend.command({ kind: "app", command: { do: "machine", command } });
    } catch (thrown) {
      this.toasts.say(failure(asRefused(thrown).reason), { trouble: true });
    }
    await this.load();
  }

  /** Saves the settings as a file, and says where. */
  async saveSettings(): Promise<void> {
    await this.#withFile({ do: "export_settings" }, (path) => t("settings_file.saved", { path }));
  }

  /** Takes over the settings of a file. */
  async takeSettings(file: string): Promise<void> {
    await this.#withFile({ do: "import_settings", file }, () => t("settings_file.taken"));
  }

  async #withFile(
    command: { do: "export_settings" } | { do: "import_settings"; file: string },
    done: (path: string) => string,
  ): Promise<void> {
    try {
      const receipt = await this.backend.command({ kind: "app", command });
      this.toasts.say(done(receipt.text ?? ""));
    } catch (thrown) {
      this.toasts.say(failure(asRefused(thrown).reason), { trouble: true });
    }
  }
}
