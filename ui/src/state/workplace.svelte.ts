/**
 * Everything the page shows, and everything it asks. It keeps what the engine says and the operator's place in it
 * (which dialog, which section, which pane); what is allowed and where a dialog belongs is decided by the engine.
 */
import { asRefused, isToldByEngine, type Backend } from "../backend/backend";
import type {
  AppCommand,
  AppView,
  Channel,
  Command,
  Counts,
  CustomerId,
  Deed,
  DialogId,
  DialogRow,
  FileLimits,
  Handbook,
  LinkView,
  Notice,
  Operator,
  PageChoices,
  Push,
  Receipt,
  Right,
  Section,
  Settings,
  Snapshot,
  Stamp,
  TemplateEntry,
  ThreadItem,
} from "../backend/types";
import type { Accounts } from "../accounts/accounts.svelte";
import type { Asking } from "../actions/asking";
import { putAside, takeUp, type Aside } from "../cover/aside";
import { t, useLanguage } from "../i18n/i18n.svelte";
import { setAhead } from "./clock.svelte";
import { Saves } from "../files/saves.svelte";
import { Tray } from "../files/tray.svelte";
import { Company } from "./company.svelte";
import { Composer } from "./composer.svelte";
import { NO_COUNTS } from "./counts";
import { Duty } from "./duty.svelte";
import { applyEvent } from "./events";
import type { View } from "./filter";
import { NO_HANDBOOK } from "./handbook";
import { Keys } from "./keys.svelte";
import { Listing } from "./listing.svelte";
import { keptByPage } from "./moving";
import { Machine } from "./machine.svelte";
import { ManyRun, type Many } from "./many.svelte";
import { nextToAccept, offersIn } from "./offers";
import { Past } from "./past.svelte";
import { Picks } from "./picks.svelte";
import { Rows } from "./rows.svelte";
import { Search } from "./search.svelte";
import { lists, unreadAfter } from "./sections";
import { Thread, type Held } from "./thread.svelte";
import { Toasts } from "./toasts.svelte";
import { Windows } from "./windows.svelte";
import { canBeReworded } from "./said";
import { lastEditable, lastSent } from "./unsent";
import { failure } from "./words";

/** What stands where the list and the thread usually are. */
export type Pane = "dialogs" | "search" | "settings";

/** What lies over the page and has the keyboard. */
export type Over = "palette" | "help" | "sign_out" | "filter" | "emoji" | "date" | "status" | "link";

/** Who works here, where, and what the hub lets him do and wants to know of him. */
type Profile = Pick<Snapshot, "me" | "rights" | "desk" | "limits" | "asks_status">;

export class Workplace {
  readonly rows = new Rows();
  readonly toasts = new Toasts();
  readonly keys = new Keys((keys) => void this.#choose({ keys }));
  readonly listing = new Listing(
    this.rows,
    () => this.section,
    (views) => void this.#choose({ views }),
  );
  readonly picks = new Picks();
  readonly search: Search;
  readonly past: Past;
  readonly composer: Composer;
  readonly saves: Saves;
  readonly windows: Windows;
  readonly company = new Company();
  readonly duty = new Duty(this);
  readonly machine: Machine;

  view = $state.raw<AppView>({ screen: "starting" });
  /** The wire to the engine is broken. */
  lost = $state(false);
  ready = $state(false);
  me = $state.raw<Operator | null>(null);
  rights = $state.raw<readonly Right[]>([]);
  desk = $state("");
  textLimit = $state(32_000);
  fileLimits = $state.raw<FileLimits>({ most_bytes: Infinity, media: [] });
  link = $state.raw<LinkView>({ link: "connecting" });
  counts = $state.raw<Counts>(NO_COUNTS);
  channels = $state.raw<readonly Channel[]>([]);
  operators = $state.raw<readonly Operator[]>([]);
  handbook = $state.raw<Handbook>(NO_HANDBOOK);
  settings = $state.raw<Settings | null>(null);
  notices = $state.raw<readonly Notice[]>([]);
  hiddenNotices = $state.raw<readonly string[]>([]);
  /** Until when nothing sounds. */
  mutedUntil = $state<Stamp | null>(null);

  pane = $state<Pane>("dialogs");
  #section = $state<Section>("waiting");
  selected = $state<DialogId | null>(null);
  thread = $state.raw<Thread | null>(null);
  over = $state<Over | null>(null);
  /** The part of the settings to show first. */
  settingsPart = $state<string | null>(null);
  /** The link in question, while the operator is asked. */
  askedLink = $state<string | null>(null);
  /** The picture that is looked at: its line's key. */
  lookingAt = $state<string | null>(null);
  /** The question that an action asks first. */
  asking = $state.raw<Asking | null>(null);
  /** What is to be done with many dialogs, while the operator is asked and told about it. */
  many = $state.raw<Many | null>(null);
  readonly manyRun: ManyRun;
  /** The ready answer that is being written: one of one's own, or the words of a new one. */
  keeping = $state.raw<TemplateEntry | string | null>(null);

  /** Values by name that were begun in cards and not kept. */
  readonly valuesBegun = new Map<DialogId, { name: string; value: string }>();

  #seen = new Map<DialogId, number>();
  #aside: Aside | null = null;
  #movedOnce = false;

  /** `solo`: this is the own window of that dialog. `accounts`: all of this machine, if this page knows them. */
  constructor(
    readonly backend: Backend,
    solo: DialogId | null = null,
    readonly accounts: Accounts | null = null,
  ) {
    this.manyRun = new ManyRun(backend);
    this.composer = new Composer(backend, new Tray(backend, () => this.fileLimits));
    this.windows = new Windows(backend, this.toasts, solo, () => this.composer.settle());
    this.saves = new Saves(backend, this.toasts);
    this.past = new Past(backend, this.rows);
    this.search = new Search(backend, () => this.link.link === "live");
    this.machine = new Machine(backend, this.toasts);
  }

  /** The row of the dialog that is open. */
  get row(): DialogRow | undefined {
    return this.rows.get(this.selected);
  }

  /** The list that is on the screen. What was chosen in another one is chosen no more. */
  get section(): Section {
    return this.#section;
  }

  set section(section: Section) {
    if (section !== this.#section) this.picks.clear();
    this.#section = section;
  }

  /** The chosen rows that are listed still. */
  get picked(): DialogRow[] {
    if (this.picks.size === 0) return [];
    const rows = [...this.picks.ids].map((id) => this.rows.get(id));
    return rows.filter((row) => row !== undefined).filter((row) => lists(this.section, row));
  }

  /** What is offered to the operator, the most urgent first. */
  get offers(): DialogRow[] {
    return offersIn(this.rows.section("waiting"));
  }

  /** How many dialogs are one's own. */
  get held(): number {
    return this.rows.section("mine").length;
  }

  get mayKeepTemplates(): boolean {
    return this.may("edit_templates");
  }

  /** Asks for a ready answer of one's own: a new one of these words, or one that exists to be put right. */
  keepTemplate(of: TemplateEntry | string): void {
    this.keeping = of;
  }

  async start(): Promise<() => void> {
    void this.windows.look();
    return this.backend.subscribe(
      (push) => this.take(push),
      () => (this.lost = true),
    );
  }

  take(push: Push): void {
    this.lost = false;
    switch (push.push) {
      case "app":
        if (push.view.screen === "covered") this.#aside ??= putAside(this);
        else if (push.view.screen !== "workplace") this.#aside = null;
        this.view = push.view;
        if (push.view.screen !== "workplace") this.#leaveWorkplace();
        void this.machine.load();
        return;
      case "snapshot":
        this.#takeSnapshot(push.snapshot);
        return;
      case "events":
        for (const event of push.events) applyEvent(this, event);
        return;
      case "machine":
        this.machine.take(push.machine);
        return;
    }
  }

  // ---- What the operator does

  /** Has it done; a refusal becomes a toast. `null` if refused. */
  async do(command: Command): Promise<Receipt | null> {
    // What still waits to be sent belongs before a parting.
    if (command.do === "close" || command.do === "transfer") await this.composer.flush();
    try {
      return await this.backend.command({ kind: "session", command });
    } catch (thrown) {
      const { reason } = asRefused(thrown);
      if (!isToldByEngine(reason)) this.toasts.say(failure(reason), { trouble: true });
      return null;
    }
  }

  async app(command: AppCommand): Promise<boolean> {
    // Whoever leaves means what he has written: what still waits to be sent is sent, the rest is the draft.
    if (command.do === "sign_out") await this.composer.settle();
    try {
      await this.backend.command({ kind: "app", command });
      return true;
    } catch (thrown) {
      this.toasts.say(failure(asRefused(thrown).reason), { trouble: true });
      return false;
    }
  }

  /** Opens a dialog, at one message if a search led there. */
  open(dialog: DialogId | null, seq: number | null = null, held: Held | null = null): void {
    const { solo } = this.windows;
    // A dialog's own window stays with its dialog: any other one is brought up where it belongs.
    if (solo !== null && dialog !== null && dialog !== solo) return void this.do({ do: "bring_up", dialog });
    if (dialog !== this.selected) {
      this.lookingAt = null;
      this.selected = dialog;
      void this.composer.open(this.windows.writtenHere(this.selected));
      this.thread = dialog === null ? null : this.#threadOf(dialog);
      // What is open is told of the main window; of a dialog's own one its shell tells.
      if (this.windows.solo === null) void this.do({ do: "open", dialog });
      void this.thread?.begin(seq, held);
    } else if (seq !== null) {
      void this.thread?.openAround(seq);
    }
    if (this.pane === "settings") this.pane = "dialogs";
    this.picks.from(dialog);
  }

  /** Opens what a search found. A dialog that is not here is asked for first: one that is over then stays. */
  async openFound(dialog: DialogId, seq: number): Promise<void> {
    const trouble = await this.past.bring(dialog);
    if (trouble !== null) this.toasts.say(t(trouble), { trouble: true });
    else this.open(dialog, seq);
  }

  /** Opens the dialog that has begun just now with one of the customers of a row's person. */
  async openBegun(row: DialogRow, customer: CustomerId): Promise<void> {
    const ways = await this.past.persons.of(row);
    const begun = ways?.find((way) => way.customer === customer)?.open ?? null;
    if (begun !== null && (await this.past.bring(begun)) === null) this.show(begun);
  }

  /** Opens the dialog `step` rows away from the open one, within the list on screen. */
  step(step: 1 | -1): void {
    const list = this.listing.shown;
    const place = list.findIndex((row) => row.id === this.selected);
    const next = place === -1 ? (step === 1 ? 0 : list.length - 1) : place + step;
    const row = list[next];
    if (row === undefined) return;
    this.open(row.id);
    this.composer.fieldWanted = true;
  }

  /** Opens the next of one's own dialogs with something unread, the oldest first; says so if there is none. */
  nextUnread(): void {
    const list = this.rows.section("mine");
    const place = this.selected === null ? -1 : this.rows.place("mine", this.selected);
    const next = unreadAfter(list, place, this.selected);
    if (next === undefined) return this.toasts.say(t("action.none_unread"));
    this.pane = "dialogs";
    this.section = "mine";
    this.open(next.id);
    this.composer.fieldWanted = true;
  }

  /** Whom to accept next. */
  get oldest(): DialogRow | undefined {
    return nextToAccept(this.offers, (section) => this.rows.section(section));
  }

  /** Declines the most urgent offer, or the one that is open. */
  async decline(dialog?: DialogId): Promise<void> {
    const offers = this.offers;
    const row = offers.find((one) => one.id === (dialog ?? this.selected)) ?? offers[0];
    if (row !== undefined) await this.deed(row.id, { deed: "decline" });
  }

  async acceptOldest(): Promise<void> {
    const row = this.oldest;
    if (row !== undefined) await this.accept(row.id);
  }

  /** Shows a list as it was kept. */
  useView(view: View): void {
    this.pane = "dialogs";
    this.section = view.section;
    this.listing.filter = view.filter;
    this.listing.sort = view.sort;
    this.over = null;
  }

  /** Shows the search with these words in its field. */
  searchFor(text: string): void {
    this.pane = "search";
    this.search.text = text;
  }

  showSettings(part: string | null = null): void {
    this.settingsPart = part;
    this.pane = "settings";
  }

  async accept(dialog: DialogId): Promise<void> {
    if ((await this.do({ do: "accept", dialog })) === null) return;
    this.pane = "dialogs";
    this.section = "mine";
    this.open(dialog);
    this.composer.fieldWanted = true;
  }

  /** Gives a dialog back to the queue. */
  async giveBack(dialog: DialogId): Promise<void> {
    await this.do({ do: "transfer", dialog, target: { to: "queue" } });
  }

  /** Takes back what was written last, if it has not gone out. False if there is nothing to take back. */
  editLast(): boolean {
    if (this.composer.pending !== null) {
      this.composer.undo();
      return true;
    }
    const item = lastEditable(this.thread?.entries ?? []);
    if (item === null) return false;
    this.composer.fieldWanted = true;
    void this.edit(item);
    return true;
  }

  /** Asks for other words for what was written last here and has gone out. False if there is nothing of one's own. */
  editSent(): boolean {
    const row = this.row;
    const item = lastSent(this.thread?.entries ?? []);
    if (row === undefined || item === null || item.seq === null || !canBeReworded(item, row)) return false;
    this.asking = { question: "edit_message", dialog: row.id, seq: item.seq };
    return true;
  }

  /** Takes an unsent message back into the composer. */
  async edit(item: ThreadItem): Promise<void> {
    const dialog = this.selected;
    if (dialog === null || item.client_id === null) return;
    // What is being written is the draft that the message is put before.
    await this.composer.saved();
    const receipt = await this.do({ do: "edit", message: item.client_id });
    if (receipt === null) return;
    const text = receipt.text ?? item.text;
    // A file without a caption leaves alone what is being written.
    const quote = receipt.quote ?? null;
    if (item.kind !== "file" || text !== "")
      this.composer.takeBack(dialog, text, item.kind === "note", quote);
    if (item.kind === "file") await this.composer.tray.reload();
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

  /** Seconds in which a sent message can be taken back; 0 for none. */
  get undoSeconds(): number {
    return this.settings?.page?.undo_s ?? 0;
  }

  setUndo(seconds: number): void {
    void this.#choose({ undo_s: seconds });
  }

  /** Changes what is chosen of the page alone. */
  async #choose(change: Partial<PageChoices>): Promise<void> {
    await this.changeSettings({ page: { ...(this.settings?.page ?? keptByPage()), ...change } });
  }

  /** Silences sounds for a while, or lets them be heard again. */
  mute(on: boolean): Promise<Receipt | null> {
    return this.do({ do: "mute", on });
  }

  hideNotice(notice: Notice): void {
    this.hiddenNotices = [...this.hiddenNotices, JSON.stringify(notice)];
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    const before = this.settings;
    if (before === null) return;
    const settings = { ...before, ...change };
    this.useSettings(settings);
    if ((await this.do({ do: "set_settings", settings })) === null) this.useSettings(before);
  }

  /** Whether the hub lets this operator do something at all. */
  may(right: Right): boolean {
    return this.rights.includes(right);
  }

  /** Does something with a dialog that needs no question. */
  async deed(dialog: DialogId, deed: Deed): Promise<boolean> {
    return (await this.do({ do: "do", dialog, deed })) !== null;
  }

  /** Closes a dialog; asks first what it was about, where there is something to choose from. */
  async close(row: DialogRow): Promise<void> {
    const asks = this.handbook.categories.length > 0 && row.category === null;
    if (asks) this.asking = { question: "close", dialog: row.id };
    else await this.do({ do: "close", dialog: row.id });
  }

  // ---- What the engine says

  #takeSnapshot(snapshot: Snapshot): void {
    this.useProfile(snapshot);
    this.link = snapshot.link;
    this.counts = snapshot.counts;
    setAhead(snapshot.ahead_ms);
    this.channels = snapshot.channels;
    this.operators = snapshot.operators;
    this.useHandbook(snapshot.handbook);
    this.notices = snapshot.notices;
    this.mutedUntil = snapshot.muted_until;
    this.rows.replace(snapshot.rows);
    this.listing.changed();
    this.#movedOnce = false;
    this.useSettings(snapshot.settings);
    this.#seen.clear();
    const [aside] = [this.#aside, (this.#aside = null)];
    const first = !this.ready && aside === null;
    this.ready = true;
    this.windows.takeSnapshot(snapshot);
    this.company.takeSnapshot(snapshot);
    const shown = this.windows.solo ?? snapshot.open ?? aside?.dialog ?? null;
    if (this.selected !== null) {
      if (shown !== this.selected) void this.do({ do: "open", dialog: this.selected });
      void this.thread?.refresh();
      void this.composer.catchUp();
    } else if (shown !== null && shown === aside?.dialog) {
      this.open(shown, null, aside.held);
    } else if (shown !== null) {
      this.show(shown);
      // Whoever took a dialog out wants to write in it.
      this.composer.fieldWanted = this.windows.solo !== null;
    }
    if (aside !== null) takeUp(this, aside);
    const { waiting, waiting_suspicious, mine } = snapshot.counts;
    if (first && waiting === waiting_suspicious && mine > 0) this.section = "mine";
  }

  /** Opens a dialog that somebody else named. */
  show(dialog: DialogId): void {
    this.pane = "dialogs";
    this.open(dialog);
    const row = this.rows.get(dialog);
    if (row !== undefined && !lists(this.section, row)) this.section = row.section;
  }

  #threadOf(dialog: DialogId): Thread {
    const row = this.rows.get(dialog);
    const unreadAfter = row !== undefined && row.unread > 0 ? row.read_upto : 0;
    const rowOf = (id: DialogId) => this.rows.get(id);
    const earlier = (id: DialogId) => {
      const of = rowOf(id);
      return of === undefined ? undefined : this.past.before(of);
    };
    const thread = new Thread(this.backend, dialog, unreadAfter, earlier, rowOf);
    // What there is before is known once the hub was asked; what is here already needs no asking.
    if (row !== undefined) void this.past.load(row).then(() => thread.pastChanged());
    thread.setTyping(row?.typing ?? null);
    return thread;
  }

  /** Who works here, where, and what the hub lets him do. */
  useProfile({ me, rights, desk, limits, asks_status }: Profile): void {
    this.duty.take(asks_status);
    [this.me, this.rights, this.desk] = [me, rights, desk];
    this.textLimit = limits.text_chars;
    this.fileLimits = limits.files;
  }

  /** What the centre keeps to choose from. A queue there is only where dialogs are offered. */
  useHandbook(handbook: Handbook): void {
    this.handbook = handbook;
    if (this.section === "queue" && !handbook.offers) this.section = "waiting";
  }

  /** What he chose: the language, and whatever of it this page follows by itself. */
  useSettings(settings: Settings): void {
    this.settings = settings;
    useLanguage(settings.language);
    const page = settings.page ?? keptByPage();
    this.composer.undoMs = page.undo_s * 1_000;
    this.keys.use(page.keys);
    this.listing.use(page.views);
    // The engine has never been told what this page kept by itself; if the disk refuses, it is told at the next start.
    const untold = settings.page === null && !this.#movedOnce;
    this.#movedOnce = true;
    if (untold) void this.#choose({});
  }

  #leaveWorkplace(): void {
    void this.composer.open(null);
    this.ready = false;
    [this.selected, this.thread] = [null, null];
    this.rows.replace([]);
    this.past.journeys.forget();
    this.picks.clear();
    this.many = null;
    this.notices = [];
    this.pane = "dialogs";
    this.over = null;
    this.keeping = null;
  }
}
