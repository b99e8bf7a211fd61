/**
 * Windows as the page knows them: whether it is a dialog's own one, which dialogs have one, whether the main window is
 * a strip, and the dialog that another program's link asks to open. What a window can do is the shell's to say.
 */
import { asRefused, type Backend } from "../backend/backend";
import type { AppCommand, DialogId, Snapshot, ViewEvent, WindowsView } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import { copyText } from "../parts/clipboard";
import type { Toasts } from "./toasts.svelte";
import { failure } from "./words";

/** A dialog as other programs name it. */
export function linkTo(dialog: DialogId): string {
  return `otklik://dialog/${dialog}`;
}

export class Windows {
  /** What the shell can tell; `null` where there is none, as in a browser. */
  shell = $state.raw<WindowsView | null>(null);
  /** Dialogs in windows of their own. */
  own = $state.raw<readonly DialogId[]>([]);
  /** The dialog that a link asks to open. */
  askedFor = $state.raw<DialogId | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly toasts: Toasts,
    /** The one dialog of this window; `null` in the main window. */
    readonly solo: DialogId | null,
    /** Ends when everything written in this window is with the engine. */
    private readonly settle: () => Promise<void>,
  ) {}

  /** Asks the shell how the windows stand. */
  async look(): Promise<void> {
    const answer = await this.backend.query({ kind: "windows" }).catch(() => null);
    if (answer?.kind === "windows") this.shell = answer.windows;
  }

  takeSnapshot(snapshot: Snapshot): void {
    this.own = snapshot.own_windows;
    this.askedFor = snapshot.asked_for;
  }

  take(event: Extract<ViewEvent, { event: "own_windows" | "link_followed" }>): void {
    if (event.event === "own_windows") this.own = event.dialogs;
    else this.askedFor = event.dialog;
  }

  /** Whether a dialog is worked on in a window of its own, and not in this one. */
  isElsewhere(dialog: DialogId): boolean {
    return this.solo === null && this.own.includes(dialog);
  }

  /**
   * The dialog whose draft the field of this page holds: one in a window of its own is written in there, and the field
   * here lets go of it until it comes back.
   */
  writtenHere(dialog: DialogId | null): DialogId | null {
    return dialog === null || this.isElsewhere(dialog) ? null : dialog;
  }

  /** Why this page can open no windows; `null` if it can. */
  get whyNone(): string | null {
    if (this.solo !== null) return t("action.why.main");
    return this.shell === null ? t("action.why.no_windows") : null;
  }

  /** Shows a dialog in a window of its own; the one it has already, if it has one. */
  async show(dialog: DialogId): Promise<void> {
    // The other window reads the draft as it is here.
    await this.settle();
    await this.#ask({ do: "open_own_window", dialog });
  }

  async close(dialog: DialogId): Promise<void> {
    await this.settle();
    await this.#ask({ do: "close_own_window", dialog });
  }

  async toggleCompact(): Promise<void> {
    const on = this.shell?.compact !== true;
    if (await this.#ask({ do: "compact", on })) this.shell = { compact: on };
  }

  async copyLink(dialog: DialogId): Promise<void> {
    const copied = await copyText(linkTo(dialog));
    this.toasts.say(t(copied ? "link.copied" : "link.not_copied"), { trouble: !copied });
  }

  async #ask(command: AppCommand): Promise<boolean> {
    try {
      await this.backend.command({ kind: "app", command });
      return true;
    } catch (thrown) {
      this.toasts.say(failure(asRefused(thrown).reason), { trouble: true });
      return false;
    }
  }
}
