/**
 * An engine in memory, for component tests and for working on the page without the application. It keeps the promises
 * of the real one (rows by `rev`, a receipt only after storing), and its hub can be taken away, refuse and be slow.
 */
import { Refused, type Backend, type FileOwner } from "../backend";
import type {
  AppCommand,
  AppView,
  Answer,
  Command,
  Counts,
  Day,
  Deed,
  FileCommand,
  Handbook,
  LinkCheck,
  Limits,
  LinkView,
  Notice,
  PageAnswer,
  PageCommand,
  PageQuery,
  Push,
  Query,
  Receipt,
  SetBy,
  Settings,
  Snapshot,
  TemplateEntry,
  ThreadItem,
  Toast,
  UiError,
  ViewEvent,
} from "../types";
import { canOf, FakeDesk, ME, type FakeDialog } from "./desk";
import { editCard, landCards, lookUp, settleCard } from "./cards";
import { isOfPersons, regroup } from "./persons";
import { carryOut, changedItem, type Change } from "./deeds";
import { FakeCover, isHere } from "./cover";
import { FakeFiles } from "./files";
import { asksStatus, HANDBOOK, OPERATORS, RIGHTS, withTemplate } from "./handbook";
import { FakeMachine, isMachine, SIGNED_OUT, type MachineAsked } from "./machine";
import { FakeOutbox } from "./outbox";
import { answerOf, checkLink, fillGap } from "./reading";
import { SETTINGS, withSound, withWord } from "./settings";
import { misspelt, suggested } from "./spelling";
import { countsOf, dayOf } from "./sums";
import { FakeWindows } from "./windows";

export interface FakeOptions {
  dialogs?: number;
  /** Messages in the first dialog of mine. */
  thread?: number;
  view?: AppView;
  settings?: Partial<Settings>;
  now?: () => number;
  /** The customers' page, if this desk serves one. */
  page?: string | null;
  notices?: Notice[];
  /** Dialogs are offered to operators. */
  offers?: boolean;
  /** By how much the hub's clock is ahead, in milliseconds. */
  ahead?: number;
  /** What the centre is called. */
  centre?: string;
}
const DONE: Receipt = { message: null, text: null, found: null };
/** Rows of a first screen; the rest follows. */
const FIRST_ROWS = 50;

export class FakeBackend implements Backend {
  readonly kind = "fake";
  readonly desk: FakeDesk;
  /** Everything asked, oldest first. */
  readonly asked: (Command | AppCommand | FileCommand)[] = [];
  readonly machine = new FakeMachine();
  readonly files = new FakeFiles(
    () => this.limits.files,
    (id) => this.dialog(id),
    (event) => this.tell(event),
  );
  readonly cover = new FakeCover((view) => this.show(view));
  readonly windows = new FakeWindows((event) => this.tell(event));
  readonly outbox = new FakeOutbox(this, () => this.#now());
  limits: Limits = { text_chars: 32_000, files: { most_bytes: 20 * 1024 * 1024, media: [] } };
  view: AppView;
  settings: Settings;
  link: LinkView;
  notices: Notice[];
  mutedUntil: number | null = null;
  /** Dialogs that only the hub has. */
  readonly beyond: FakeDialog[] = [];
  /** One's own status in the dictionary, and what is known of it. */
  day: Day;
  /** Dialogs that the hub does not show. */
  hidden = { online: 0, offline: 0 };
  /** The next commands of this kind are refused so. */
  readonly refusals = new Map<string, UiError>();
  /** Whatever is asked about these dialogs is refused so. */
  readonly stubborn = new Map<string, UiError>();
  handbook: Handbook;
  readonly ahead: number;
  readonly centre: string;
  /** Called with whatever it says, whether a page listens or not. */
  onSaid: () => void = () => undefined;
  #open: string | null = null;
  #push: ((push: Push) => void) | null = null;
  readonly #now: () => number;
  readonly #page: string | null;

  constructor(options: FakeOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.ahead = options.ahead ?? 0;
    this.centre = options.centre ?? "Отклик, свой стол";
    this.handbook = { ...HANDBOOK, offers: options.offers ?? false };
    this.desk = new FakeDesk(() => this.#now() + this.ahead);
    this.desk.offers = this.handbook.offers;
    this.day = dayOf("online", this.#now() + this.ahead - 754_000, { by: "login" });
    this.desk.fill(options.dialogs ?? 24, options.thread ?? 0);
    this.view = options.view ?? { screen: "workplace" };
    this.settings = { ...SETTINGS, ...options.settings };
    this.notices = options.notices ?? [];
    this.#page = options.page === undefined ? "http://127.0.0.1:7411/demo" : options.page;
    this.link = { link: "live", synced_at: this.#now() };
  }

  async subscribe(onPush: (push: Push) => void): Promise<() => void> {
    this.#push = onPush;
    this.show(this.view);
    return () => void (this.#push === onPush && (this.#push = null));
  }

  async command(asked: PageCommand): Promise<Receipt> {
    if (asked.kind === "seats") throw new Refused({ error: "not_found" });
    if (isHere(asked)) return DONE;
    this.asked.push(asked.command);
    const refusal = this.refusals.get(asked.command.do);
    if (refusal !== undefined) throw new Refused(refusal);
    if (asked.kind === "file") return this.files.command(asked.command);
    const about = "dialog" in asked.command && asked.command.do !== "open" ? asked.command.dialog : null;
    const stubborn = about === null ? undefined : this.stubborn.get(about);
    if (stubborn !== undefined) throw new Refused(stubborn);
    if (asked.kind === "session") return this.#session(asked.command);
    return isMachine(asked.command) ? this.machine.do(asked.command) : this.#app(asked.command);
  }

  async query(asked: PageQuery): Promise<PageAnswer> {
    if (asked.kind === "link") return { kind: "link", check: this.checkLink(asked.url) };
    if (asked.kind === "spelling") return misspelt(asked.text, this.settings);
    if (asked.kind === "suggestions") return suggested(asked.word);
    if (asked.kind === "played") return this.files.played(asked.file, asked.from);
    if (asked.kind === "windows") return this.windows.answer();
    if (asked.kind === "cover") return this.cover.answer();
    if (asked.kind !== "session") return this.machine.answer(asked);
    return { kind: "session", answer: this.#answer(asked.query) };
  }

  fileAddress(_whose: FileOwner, id: string): string {
    return this.files.address(id);
  }

  checkLink(url: string): LinkCheck | null {
    return checkLink(url);
  }

  // ---- The world outside, as a test moves it
  /** Shows a screen. */
  show(view: AppView): void {
    this.view = view;
    this.#push?.({ push: "app", view });
    this.onSaid();
    if (view.screen !== "workplace") return;
    const rows = [...this.desk.dialogs.values()].map((dialog) => this.desk.row(dialog));
    this.#push?.({ push: "snapshot", snapshot: this.#snapshot(rows.slice(0, FIRST_ROWS)) });
    for (let i = FIRST_ROWS; i < rows.length; i += 1_000)
      this.tell({ event: "rows", rows: rows.slice(i, i + 1_000) });
  }

  tell(...events: ViewEvent[]): void {
    if (this.view.screen !== "covered") this.#push?.({ push: "events", events });
    this.onSaid();
  }

  toast(toast: Toast): void {
    this.tell({ event: "toast", toast });
  }

  setNotices(notices: Notice[]): void {
    this.notices = notices;
    this.tell({ event: "notices", notices });
  }

  dialog(id: string): FakeDialog {
    const dialog = this.desk.dialogs.get(id);
    if (dialog === undefined) throw new Refused({ error: "not_found" });
    return dialog;
  }

  customerWrites(id: string, text: string): ThreadItem {
    const dialog = this.dialog(id);
    dialog.typing = null;
    const item = this.desk.put(dialog, "text", { by: "customer" }, text);
    this.changed(dialog, [item]);
    return item;
  }

  customerTypes(id: string, text: string | null): void {
    this.dialog(id).typing = text;
    this.tell({ event: "typing", dialog: id, text });
  }

  newCustomer(text: string): FakeDialog {
    const dialog = this.desk.add(this.desk.dialogs.size * 9, 1_000);
    dialog.items.splice(0);
    dialog.owner = null;
    dialog.state = "queue";
    dialog.createdAt = this.#now();
    this.desk.put(dialog, "text", { by: "customer" }, text);
    this.changed(dialog, []);
    return dialog;
  }

  /** A colleague accepts first. */
  colleagueAccepts(id: string, by: string): void {
    const dialog = this.dialog(id);
    dialog.owner = by;
    dialog.state = "active";
    const item = this.desk.put(dialog, "system", { by: "system" }, `accepted ${by}`);
    this.changed(dialog, [item]);
    this.toast({ toast: "already_accepted", by, name: dialog.name, number: dialog.customer });
  }

  /** The hub offers a dialog that nobody has, for so many seconds. */
  offer(id: string, seconds: number | null): void {
    const dialog = this.dialog(id);
    dialog.state = "offered";
    dialog.offerUntil = seconds === null ? null : this.#now() + this.ahead + seconds * 1_000;
    this.changed(dialog, []);
  }

  /** An offer is no more: a colleague has the dialog, or nobody. */
  offerEnds(id: string, to: string | null): void {
    const dialog = this.dialog(id);
    dialog.offerUntil = null;
    dialog.owner = to;
    dialog.state = to === null ? "queue" : "active";
    this.changed(dialog, []);
    const end = to === null ? ({ end: "returned" } as const) : ({ end: "taken", to } as const);
    this.toast({ toast: "offer_ended", name: dialog.name, number: dialog.customer, end });
  }

  /** Somebody or something sets the operator's status. */
  setStatus(code: string, set_by: SetBy): void {
    this.day = dayOf(code, this.#now() + this.ahead, set_by);
    this.tell({ event: "me", ...this.#me() });
  }

  hide(online: number, offline: number): void {
    this.hidden = { online, offline };
    this.tell({ event: "counts", counts: this.counts() });
  }

  linkDown(retryInMs: number | null): void {
    const retry_at = retryInMs === null ? null : this.#now() + retryInMs;
    this.link = { link: "down", since: this.#now(), retry_at };
    this.#setLive(false);
  }

  linkUp(): void {
    this.link = { link: "live", synced_at: this.#now() };
    this.#setLive(true);
    for (const dialog of this.desk.dialogs.values()) {
      landCards(dialog);
      this.outbox.deliver(dialog);
    }
  }

  /** Without a connection other things may be done, and rows say which. */
  #setLive(live: boolean): void {
    const differs = this.desk.live !== live;
    this.desk.live = live;
    const rows = differs ? [...this.desk.dialogs.values()].map((dialog) => this.desk.row(dialog)) : [];
    this.tell({ event: "link", link: this.link }, ...(differs ? [{ event: "rows", rows } as const] : []));
  }

  changed(dialog: FakeDialog, items: (ThreadItem | undefined)[], gone: string[] = []): void {
    const present = items.filter((item) => item !== undefined);
    const events: ViewEvent[] = [{ event: "rows", rows: [this.desk.row(dialog)] }];
    if ([this.#open, ...this.windows.own].includes(dialog.id) && (present.length > 0 || gone.length > 0)) {
      events.unshift({ event: "thread", dialog: dialog.id, items: present, gone });
    }
    this.tell(...events, { event: "counts", counts: this.counts() });
  }

  // ---- What the page asks
  #app(command: Exclude<AppCommand, MachineAsked>): Receipt {
    switch (command.do) {
      case "sign_in":
      case "use_local_desk":
      case "unlock":
      case "try_again":
        this.show({ screen: "workplace" });
        return DONE;
      case "sign_out":
        this.show(SIGNED_OUT);
        return DONE;
      case "cover":
        return this.cover.command(command.command);
      case "use_sound": {
        const own = command.file === null ? null : { name: command.name, key: command.sound };
        return this.#settle(withSound(this.settings, command.sound, own));
      }
      default:
        return this.windows.command(command);
    }
  }

  #settle(settings: Settings): Receipt {
    this.settings = settings;
    this.tell({ event: "settings", settings });
    return DONE;
  }

  #session(command: Command): Receipt {
    switch (command.do) {
      case "try_sound":
        return DONE;
      case "use_sound":
        return this.#settle(withSound(this.settings, command.sound, command.own));
      case "keep_word":
        return this.#settle(withWord(this.settings, command.word));
      case "bring_up":
      case "drop_link":
        return command.do === "drop_link" ? this.windows.follow(null) : DONE;
      case "open":
        this.#open = this.windows.opened(command.dialog);
        return DONE;
      case "reply":
        return this.outbox.write(command.dialog, command.text, "text");
      case "send_text":
        return this.outbox.write(
          command.dialog,
          command.text,
          "text",
          command.quote ? { quote: command.quote } : {},
        );
      case "leave_note":
      case "send_note":
        return this.outbox.write(command.dialog, command.text, "note");
      case "resend":
        return settleCard(this, command.message, true) ?? this.outbox.resend(command.message);
      case "edit":
        return this.outbox.edit(command.message);
      case "cancel":
        if (settleCard(this, command.message, false) === null) this.outbox.takeOut(command.message, false);
        return DONE;
      case "as_note": {
        const { dialog, text } = this.outbox.takeOut(command.message, false);
        return this.outbox.write(dialog.id, text, "note");
      }
      case "attach":
        throw new Refused({ error: "malformed" });
      case "detach":
        this.files.detach(command.file);
        return DONE;
      case "send_files":
        return this.outbox.sendFiles(command.dialog, command.files, command.text);
      case "save_draft":
        this.dialog(command.dialog).draft = {
          text: command.text,
          note: command.note,
          quote: command.quote ?? null,
        };
        this.changed(this.dialog(command.dialog), []);
        return DONE;
      case "typing":
        return DONE;
      case "seen":
        this.dialog(command.dialog).readUpto = Math.max(this.dialog(command.dialog).readUpto, command.upto);
        this.changed(this.dialog(command.dialog), []);
        return DONE;
      case "accept":
        this.#may(command.dialog, "accept");
        return this.#own(command.dialog, ME.name, `accepted ${ME.name}`);
      case "transfer":
        this.#may(command.dialog, "transfer");
        return this.#own(command.dialog, null, `returned ${ME.name}`);
      case "close":
        this.#may(command.dialog, "close");
        this.dialog(command.dialog).state = "closed_soft";
        return this.#own(command.dialog, ME.name, `closed ${ME.name}`, "closed_soft");
      case "edit_customer":
        return editCard(this, command);
      case "look_up":
        return lookUp(this, command.what);
      case "do":
        return this.#deed(command.dialog, command.deed);
      case "choose_status":
        this.setStatus(command.code, { by: "himself" });
        return DONE;
      case "keep_template":
        return this.#setTemplates(command.name, { ...command.template, name: command.name, own: true });
      case "drop_template":
        return this.#setTemplates(command.name, null);
      case "set_status":
        this.setStatus(command.status, { by: "himself" });
        return DONE;
      case "fill_gap":
        this.#fillGap(command.dialog, command.from, command.to);
        return DONE;
      case "reconnect":
        this.linkUp();
        return DONE;
      case "mute":
        this.mutedUntil = command.on ? Date.now() + 300_000 : null;
        this.tell({ event: "muted", until: this.mutedUntil });
        return DONE;
      case "set_settings":
        return this.#settle(command.settings);
    }
  }

  #setTemplates(name: string, template: TemplateEntry | null): Receipt {
    this.handbook = withTemplate(this.handbook, name, template);
    this.tell({ event: "handbook", handbook: this.handbook });
    return DONE;
  }

  #deed(id: string, deed: Deed): Receipt {
    const dialog = this.dialog(id);
    if (!this.desk.live) throw new Refused({ error: "denied", why: "offline" });
    if (deed.deed === "edit_message" || deed.deed === "delete_message") return this.#change(dialog, deed);
    if (isOfPersons(deed)) return regroup(this, id, deed);
    if (deed.deed === "block") return this.#own(id, dialog.owner, `blocked ${ME.name}`, "closed_soft");
    if (deed.deed === "teleport") {
      const item = this.desk.put(dialog, "system", { by: "system" }, `sent_to ${ME.name}`);
      const sent = { ...item, details: { ...item.details, address: deed.address } };
      dialog.items[dialog.items.indexOf(item)] = sent;
      this.changed(dialog, [sent]);
      return DONE;
    }
    carryOut(dialog, deed, this.#now(), this.ahead);
    this.changed(dialog, []);
    return DONE;
  }

  #may(id: string, part: "accept" | "transfer" | "close"): void {
    const why = canOf(this.dialog(id), this.desk.live)[part];
    if (why !== null) throw new Refused({ error: "denied", why });
  }

  #change(dialog: FakeDialog, deed: Change): Receipt {
    const place = dialog.items.findIndex((item) => item.seq === deed.seq && item.mine);
    const item = dialog.items[place];
    if (item === undefined) throw new Refused({ error: "refused", reason: { code: "not_your_message" } });
    const changed = changedItem(item, deed, this.#now());
    dialog.items[place] = { ...changed, rev: this.desk.nextRev() };
    this.changed(dialog, [dialog.items[place]]);
    return DONE;
  }

  #own(id: string, owner: string | null, words: string, state?: FakeDialog["state"]): Receipt {
    const dialog = this.dialog(id);
    dialog.owner = owner;
    dialog.offerUntil = null;
    dialog.state = state ?? (owner === null ? "queue" : "active");
    const item = this.desk.put(dialog, "system", { by: "system" }, words);
    this.changed(dialog, [item]);
    return DONE;
  }

  #fillGap(id: string, from: number, to: number): void {
    fillGap(this.desk, this.dialog(id), from, to);
    this.tell({ event: "gap_filled", dialog: id, from, to });
  }

  // ---- What the page reads
  #answer(query: Query): Answer {
    return answerOf(this, query);
  }

  #me() {
    return {
      me: {
        id: ME.id,
        name: ME.name,
        status: this.handbook.statuses.find(({ key }) => key === this.day.code)?.kind ?? "online",
        day: this.day,
      },
      desk: this.centre,
      rights: RIGHTS,
      limits: this.limits,
      asks_status: asksStatus(this.handbook, this.day),
    };
  }

  counts(): Counts {
    return countsOf(
      [...this.desk.dialogs.values()].map((dialog) => this.desk.row(dialog)),
      this.hidden,
    );
  }

  #snapshot(rows: Snapshot["rows"]): Snapshot {
    return {
      ...this.#me(),
      link: this.link,
      ahead_ms: this.ahead,
      counts: this.counts(),
      operators: OPERATORS,
      handbook: this.handbook,
      channels: [{ id: "web", name: "Сайт", transport: "widget", text_chars: 32_000, page: this.#page }],
      settings: this.settings,
      open: this.#open,
      ...this.windows.snapshot(),
      rows,
      notices: this.notices,
      muted_until: this.mutedUntil,
    };
  }
}
