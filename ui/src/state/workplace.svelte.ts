/**
 * Everything the page shows, and everything it asks. It keeps what the engine says and the operator's place in it
 * (which dialog, which section, which pane); what is allowed and where a dialog belongs is decided by the engine.
 */
import { asRefused, type Backend } from "../backend/backend";
import type {
  AppCommand,
  AppView,
  Channel,
  Command,
  Counts,
  DialogId,
  DialogRow,
  LinkView,
  Notice,
  Operator,
  Push,
  Receipt,
  Section,
  Settings,
  Snapshot,
  ThreadItem,
  Toast,
  ViewEvent,
  UiError,
} from "../backend/types";
import { useLanguage } from "../i18n/i18n.svelte";
import { Composer } from "./composer.svelte";
import { Rows } from "./rows.svelte";
import { Thread } from "./thread.svelte";
import { Toasts } from "./toasts.svelte";
import { failure, toastWords } from "./words";

/** What stands where the list and the thread usually are. */
export type Pane = "dialogs" | "search" | "settings";

const NO_COUNTS: Counts = { waiting: 0, mine: 0, mine_unread: 0, all: 0, unsent: 0, badge: 0 };

export class Workplace {
  readonly rows = new Rows();
  readonly toasts = new Toasts();
  readonly composer: Composer;

  view = $state.raw<AppView>({ screen: "starting" });
  /** The wire to the engine is broken. */
  lost = $state(false);
  ready = $state(false);
  me = $state.raw<Operator | null>(null);
  desk = $state("");
  textLimit = $state(32_000);
  link = $state.raw<LinkView>({ link: "connecting" });
  counts = $state.raw<Counts>(NO_COUNTS);
  channels = $state.raw<readonly Channel[]>([]);
  settings = $state.raw<Settings | null>(null);
  notices = $state.raw<readonly Notice[]>([]);
  hiddenNotices = $state.raw<readonly string[]>([]);

  pane = $state<Pane>("dialogs");
  section = $state<Section>("waiting");
  selected = $state<DialogId | null>(null);
  thread = $state.raw<Thread | null>(null);
  help = $state(false);
  /** The link in question, while the operator is asked. */
  askedLink = $state<string | null>(null);

  #seen = new Map<DialogId, number>();

  constructor(readonly backend: Backend) {
    this.composer = new Composer(backend);
  }

  /** The row of the dialog that is open. */
  get row(): DialogRow | undefined {
    return this.rows.get(this.selected);
  }

  async start(): Promise<() => void> {
    return this.backend.subscribe(
      (push) => this.take(push),
      () => (this.lost = true),
    );
  }

  take(push: Push): void {
    this.lost = false;
    switch (push.push) {
      case "app":
        this.view = push.view;
        if (push.view.screen !== "workplace") this.#leaveWorkplace();
        return;
      case "snapshot":
        this.#takeSnapshot(push.snapshot);
        return;
      case "events":
        for (const event of push.events) this.#apply(event);
        return;
    }
  }

  // ---- What the operator does

  /** Has it done; a refusal becomes a toast. `null` if refused. */
  async do(command: Command): Promise<Receipt | null> {
    try {
      return await this.backend.command({ kind: "session", command });
    } catch (thrown) {
      const { reason } = asRefused(thrown);
      if (!isToldByEngine(reason)) this.toasts.say(failure(reason), { trouble: true });
      return null;
    }
  }

  async app(command: AppCommand): Promise<boolean> {
    try {
      await this.backend.command({ kind: "app", command });
      return true;
    } catch (thrown) {
      this.toasts.say(failure(asRefused(thrown).reason), { trouble: true });
      return false;
    }
  }

  /** Opens a dialog, at one message if a search led there. */
  open(dialog: DialogId | null, seq: number | null = null): void {
    if (dialog !== this.selected) {
      void this.composer.open(dialog);
      this.selected = dialog;
      this.thread = dialog === null ? null : this.#threadOf(dialog);
      void this.do({ do: "open", dialog });
      void (seq === null ? this.thread?.openNewest() : this.thread?.openAround(seq));
    } else if (seq !== null) {
      void this.thread?.openAround(seq);
    }
    if (this.pane === "settings") this.pane = "dialogs";
  }

  /** Opens the dialog `step` rows away from the open one, within the section on screen. */
  step(step: 1 | -1): void {
    const list = this.rows.section(this.section);
    const place = this.selected === null ? -1 : this.rows.place(this.section, this.selected);
    const next = place === -1 ? (step === 1 ? 0 : list.length - 1) : place + step;
    const row = list[next];
    if (row === undefined) return;
    this.open(row.id);
    this.composer.fieldWanted = true;
  }

  /** Accepts whoever waits longest and may be accepted. */
  async acceptOldest(): Promise<void> {
    const row = this.rows.section("waiting").find((waiting) => waiting.can.accept === null);
    if (row !== undefined) await this.accept(row.id);
  }

  async accept(dialog: DialogId): Promise<void> {
    if ((await this.do({ do: "accept", dialog })) === null) return;
    this.pane = "dialogs";
    this.section = "mine";
    this.open(dialog);
    this.composer.fieldWanted = true;
  }

  /** Takes an unsent message back into the composer. */
  async edit(item: ThreadItem): Promise<void> {
    const dialog = this.selected;
    if (dialog === null || item.client_id === null) return;
    const receipt = await this.do({ do: "edit", message: item.client_id });
    if (receipt !== null) this.composer.takeBack(dialog, receipt.text ?? item.text, item.kind === "note");
  }

  /** The operator sees everything up to message `upto` of the open dialog. */
  seen(upto: number): void {
    const row = this.row;
    if (row === undefined || upto <= row.read_upto) return;
    if (upto <= (this.#seen.get(row.id) ?? 0)) return;
    this.#seen.set(row.id, upto);
    void this.backend
      .command({ kind: "session", command: { do: "seen", dialog: row.id, upto } })
      .catch(() => this.#seen.delete(row.id));
  }

  hideNotice(notice: Notice): void {
    this.hiddenNotices = [...this.hiddenNotices, JSON.stringify(notice)];
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    const before = this.settings;
    if (before === null) return;
    const settings = { ...before, ...change };
    this.#useSettings(settings);
    if ((await this.do({ do: "set_settings", settings })) === null) this.#useSettings(before);
  }

  // ---- What the engine says

  #takeSnapshot(snapshot: Snapshot): void {
    this.me = snapshot.me;
    this.desk = snapshot.desk;
    this.textLimit = snapshot.limits.text_chars;
    this.link = snapshot.link;
    this.counts = snapshot.counts;
    this.channels = snapshot.channels;
    this.notices = snapshot.notices;
    this.rows.replace(snapshot.rows);
    this.#useSettings(snapshot.settings);
    this.#seen.clear();
    const first = !this.ready;
    this.ready = true;
    if (this.selected !== null) {
      if (snapshot.open !== this.selected) void this.do({ do: "open", dialog: this.selected });
      void this.thread?.refresh();
    } else if (snapshot.open !== null) {
      this.#show(snapshot.open);
    }
    if (first && snapshot.counts.waiting === 0 && snapshot.counts.mine > 0) this.section = "mine";
  }

  #apply(event: ViewEvent): void {
    switch (event.event) {
      case "rows":
        this.#mergeRows(event.rows);
        this.thread?.setTyping(this.row?.typing ?? null);
        return;
      case "rows_gone":
        this.rows.remove(event.dialogs);
        if (this.selected !== null && event.dialogs.includes(this.selected)) this.open(null);
        return;
      case "thread":
        if (event.dialog === this.selected) this.thread?.apply(event.items, event.gone);
        return;
      case "gap_filled":
        if (event.dialog === this.selected) void this.thread?.gapFilled(event.from, event.to);
        return;
      case "typing":
        this.rows.setTyping(event.dialog, event.text);
        if (event.dialog === this.selected) this.thread?.setTyping(event.text);
        return;
      case "link":
        this.link = event.link;
        return;
      case "counts":
        this.counts = event.counts;
        return;
      case "me":
        this.me = event.me;
        this.desk = event.desk;
        this.textLimit = event.limits.text_chars;
        return;
      case "directory":
        this.channels = event.channels;
        return;
      case "settings":
        this.#useSettings(event.settings);
        return;
      case "toast":
        this.#toast(event.toast);
        return;
      case "notices":
        this.notices = event.notices;
        this.hiddenNotices = this.hiddenNotices.filter((hidden) =>
          event.notices.some((notice) => JSON.stringify(notice) === hidden),
        );
        return;
      case "open_dialog":
        this.#show(event.dialog);
        return;
    }
  }

  /** The list follows the open dialog out of Waiting: that it was accepted is told before its row stands in Mine. */
  #mergeRows(rows: readonly DialogRow[]): void {
    const waited = this.row?.section === "waiting";
    this.rows.merge(rows);
    if (waited && this.section === "waiting" && this.row?.section === "mine") this.section = "mine";
  }

  #toast(toast: Toast): void {
    const dialog = "dialog" in toast ? toast.dialog : undefined;
    const trouble = toast.toast === "unsent" || toast.toast === "already_accepted";
    this.toasts.say(toastWords(toast), { dialog, trouble });
  }

  /** Opens a dialog that somebody else named, and the section it stands in. */
  #show(dialog: DialogId): void {
    this.pane = "dialogs";
    this.open(dialog);
    const section = this.rows.get(dialog)?.section;
    if (section !== undefined && this.section !== "all") this.section = section;
  }

  #threadOf(dialog: DialogId): Thread {
    const row = this.rows.get(dialog);
    const unreadAfter = row !== undefined && row.unread > 0 ? row.read_upto : 0;
    const thread = new Thread(this.backend, dialog, unreadAfter);
    thread.setTyping(row?.typing ?? null);
    return thread;
  }

  #useSettings(settings: Settings): void {
    this.settings = settings;
    useLanguage(settings.language);
  }

  #leaveWorkplace(): void {
    void this.composer.open(null);
    this.ready = false;
    this.selected = null;
    this.thread = null;
    this.rows.replace([]);
    this.notices = [];
    this.pane = "dialogs";
  }
}

/** Who was faster with a dialog the engine says itself, with the customer's name. */
function isToldByEngine(reason: UiError): boolean {
  return reason.error === "refused" && reason.reason.code === "already_accepted";
}
