/**
 * An engine in memory, for component tests and for working on the page without the application. It keeps the promises
 * of the real one (rows by `rev`, a receipt only after storing), and its hub can be taken away, refuse and be slow.
 */
import { Refused, type Backend } from "../backend";
import type {
  AppCommand,
  AppView,
  Answer,
  Command,
  Counts,
  LinkCheck,
  LinkView,
  Notice,
  PageAnswer,
  PageCommand,
  PageQuery,
  Push,
  Query,
  Receipt,
  Settings,
  Snapshot,
  ThreadItem,
  ThreadPage,
  Toast,
  UiError,
  ViewEvent,
} from "../types";
import { FakeDesk, ME, setSend, type FakeDialog } from "./desk";
import { checkLink, searchHits } from "./reading";

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
}

const SETTINGS: Settings = {
  language: "auto",
  theme: "auto",
  enter_sends: true,
  volume: 80,
  sounds: true,
  popups: true,
  popup_text: true,
  reminder_s: 60,
  ask_after_min: 15,
};

const DONE: Receipt = { message: null, text: null };
/** Rows of a first screen; the rest follows. */
const FIRST_ROWS = 50;

export class FakeBackend implements Backend {
  readonly kind = "fake";
  readonly desk: FakeDesk;
  /** Everything asked, oldest first. */
  readonly asked: (Command | AppCommand)[] = [];
  view: AppView;
  settings: Settings;
  link: LinkView;
  notices: Notice[];
  status: "online" | "offline" = "online";
  /** The next commands of this kind are refused so. */
  readonly refusals = new Map<string, UiError>();
  #open: string | null = null;
  #push: ((push: Push) => void) | null = null;
  #nextMessage = 1;
  readonly #now: () => number;
  readonly #page: string | null;

  constructor(options: FakeOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.desk = new FakeDesk(this.#now);
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
    return () => {
      this.#push = null;
    };
  }

  async command(asked: PageCommand): Promise<Receipt> {
    this.asked.push(asked.command);
    const refusal = this.refusals.get(asked.command.do);
    if (refusal !== undefined) throw new Refused(refusal);
    return asked.kind === "app" ? this.#app(asked.command) : this.#session(asked.command);
  }

  async query(asked: PageQuery): Promise<PageAnswer> {
    if (asked.kind === "link") return { kind: "link", check: this.checkLink(asked.url) };
    return { kind: "session", answer: this.#answer(asked.query) };
  }

  checkLink(url: string): LinkCheck | null {
    return checkLink(url);
  }

  // ---- The world outside, as a test moves it

  /** Shows a screen. */
  show(view: AppView): void {
    this.view = view;
    this.#push?.({ push: "app", view });
    if (view.screen !== "workplace") return;
    const rows = [...this.desk.dialogs.values()].map((dialog) => this.desk.row(dialog));
    this.#push?.({ push: "snapshot", snapshot: this.#snapshot(rows.slice(0, FIRST_ROWS)) });
    for (let i = FIRST_ROWS; i < rows.length; i += 1_000)
      this.tell({ event: "rows", rows: rows.slice(i, i + 1_000) });
  }

  tell(...events: ViewEvent[]): void {
    this.#push?.({ push: "events", events });
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
    this.toast({ toast: "already_accepted", by, name: dialog.name, number: dialog.number + 4_000 });
  }

  linkDown(retryInMs: number | null): void {
    const retry_at = retryInMs === null ? null : this.#now() + retryInMs;
    this.link = { link: "down", since: this.#now(), retry_at };
    this.tell({ event: "link", link: this.link });
  }

  linkUp(): void {
    this.link = { link: "live", synced_at: this.#now() };
    this.tell({ event: "link", link: this.link });
    for (const dialog of this.desk.dialogs.values()) this.#deliver(dialog);
  }

  /** Changes how far an own message has come. */
  setSend(id: string, key: string, send: ThreadItem["send"]): void {
    const dialog = this.dialog(id);
    const place = dialog.items.findIndex((item) => item.key === key);
    const item = dialog.items[place];
    if (item === undefined || send === null) return;
    dialog.items[place] = setSend(item, send, this.desk.nextRev());
    this.changed(dialog, [dialog.items[place]]);
  }

  changed(dialog: FakeDialog, items: (ThreadItem | undefined)[], gone: string[] = []): void {
    const present = items.filter((item) => item !== undefined);
    const events: ViewEvent[] = [{ event: "rows", rows: [this.desk.row(dialog)] }];
    if (dialog.id === this.#open && (present.length > 0 || gone.length > 0)) {
      events.unshift({ event: "thread", dialog: dialog.id, items: present, gone });
    }
    this.tell(...events, { event: "counts", counts: this.#counts() });
  }

  // ---- What the page asks

  #app(command: AppCommand): Receipt {
    switch (command.do) {
      case "sign_in":
      case "use_local_desk":
      case "unlock":
      case "try_again":
        this.show({ screen: "workplace" });
        return DONE;
      case "sign_out":
        this.show({
          screen: "sign_in",
          address: null,
          login: null,
          error: null,
          busy: false,
          local_desk: true,
        });
        return DONE;
      case "open_link":
      case "open_customer_page":
      case "window":
        return DONE;
    }
  }

  #session(command: Command): Receipt {
    switch (command.do) {
      case "open":
        this.#open = command.dialog;
        return DONE;
      case "send_text":
        return this.#write(command.dialog, command.text, "text");
      case "send_note":
        return this.#write(command.dialog, command.text, "note");
      case "resend":
        return this.#resend(command.message);
      case "edit":
        return { message: null, text: this.#takeOut(command.message, true).text };
      case "cancel":
        this.#takeOut(command.message, false);
        return DONE;
      case "as_note": {
        const { dialog, text } = this.#takeOut(command.message, false);
        return this.#write(dialog.id, text, "note");
      }
      case "save_draft":
        this.dialog(command.dialog).draft = { text: command.text, note: command.note };
        this.changed(this.dialog(command.dialog), []);
        return DONE;
      case "typing":
        return DONE;
      case "seen":
        this.dialog(command.dialog).readUpto = Math.max(this.dialog(command.dialog).readUpto, command.upto);
        this.changed(this.dialog(command.dialog), []);
        return DONE;
      case "accept":
        return this.#own(command.dialog, ME.name, `accepted ${ME.name}`);
      case "transfer":
        return this.#own(command.dialog, null, `returned ${ME.name}`);
      case "close":
        this.dialog(command.dialog).state = "closed_soft";
        return this.#own(command.dialog, ME.name, `closed ${ME.name}`, "closed_soft");
      case "set_status":
        this.status = command.status;
        this.tell({ event: "me", ...this.#me() });
        return DONE;
      case "fill_gap":
        this.#fillGap(command.dialog, command.from, command.to);
        return DONE;
      case "reconnect":
        this.linkUp();
        return DONE;
      case "set_settings":
        this.settings = command.settings;
        this.tell({ event: "settings", settings: command.settings });
        return DONE;
    }
  }

  #own(id: string, owner: string | null, words: string, state?: FakeDialog["state"]): Receipt {
    const dialog = this.dialog(id);
    dialog.owner = owner;
    dialog.state = state ?? (owner === null ? "queue" : "active");
    const item = this.desk.put(dialog, "system", { by: "system" }, words);
    this.changed(dialog, [item]);
    return DONE;
  }

  #write(id: string, text: string, kind: "text" | "note"): Receipt {
    const dialog = this.dialog(id);
    if (text.trim() === "") throw new Refused({ error: "empty" });
    const client = `m${this.#nextMessage}`;
    this.#nextMessage += 1;
    const item: ThreadItem = {
      key: client,
      seq: null,
      order: this.#nextMessage,
      kind,
      author: { by: "operator", id: ME.id, name: ME.name },
      mine: true,
      text,
      at: this.#now(),
      send: { state: "queued" },
      client_id: client,
      rev: this.desk.nextRev(),
    };
    dialog.items.push(item);
    dialog.draft = { text: "", note: false };
    this.changed(dialog, [item]);
    if (this.link.link === "live") queueMicrotask(() => this.#deliver(dialog));
    return { message: client, text: null };
  }

  /** The queue of one dialog goes out, in its order. */
  #deliver(dialog: FakeDialog): void {
    const waiting = dialog.items.filter((item) => item.seq === null && item.send?.state === "queued");
    for (const item of waiting) {
      const seq = this.desk.lastSeq(dialog) + 1;
      const sent: ThreadItem = {
        ...item,
        seq,
        order: null,
        send: { state: "sent" },
        rev: this.desk.nextRev(),
      };
      dialog.items = [...dialog.items.filter((one) => one.key !== item.key && one.seq !== null), sent].concat(
        dialog.items.filter((one) => one.key !== item.key && one.seq === null),
      );
      this.changed(dialog, [sent]);
    }
  }

  #find(message: string): { dialog: FakeDialog; item: ThreadItem } {
    for (const dialog of this.desk.dialogs.values()) {
      const item = dialog.items.find((one) => one.client_id === message);
      if (item !== undefined) return { dialog, item };
    }
    throw new Refused({ error: "not_found" });
  }

  #resend(message: string): Receipt {
    const { dialog, item } = this.#find(message);
    this.setSend(dialog.id, item.key, { state: "queued" });
    if (this.link.link === "live") this.#deliver(dialog);
    return { message, text: null };
  }

  #takeOut(message: string, asDraft: boolean): { dialog: FakeDialog; text: string } {
    const { dialog, item } = this.#find(message);
    if (item.seq !== null) throw new Refused({ error: "too_late" });
    dialog.items = dialog.items.filter((one) => one !== item);
    if (asDraft) dialog.draft = { text: item.text, note: item.kind === "note" };
    this.changed(dialog, [], [item.key]);
    return { dialog, text: item.text };
  }

  #fillGap(id: string, from: number, to: number): void {
    const dialog = this.dialog(id);
    const wanted = dialog.gaps.filter((gap) => gap.from <= to && gap.to >= from);
    for (const gap of wanted) {
      for (let seq = gap.from; seq <= gap.to; seq += 1) {
        const item = this.desk.put(dialog, "text", { by: "customer" }, `Сообщение ${seq}`);
        dialog.items.pop();
        dialog.items.push({ ...item, seq, key: `${id}-${seq}` });
      }
    }
    dialog.gaps = dialog.gaps.filter((gap) => !wanted.includes(gap));
    dialog.items.sort((a, b) => (a.seq ?? Infinity) - (b.seq ?? Infinity));
    this.tell({ event: "gap_filled", dialog: id, from, to });
  }

  // ---- What the page reads

  #answer(query: Query): Answer {
    switch (query.get) {
      case "thread":
        return { answer: "thread", page: this.#pageBefore(query.dialog, query.before, query.limit) };
      case "around":
        return { answer: "thread", page: this.#pageAround(query.dialog, query.seq, query.limit) };
      case "search":
        return { answer: "hits", ...searchHits([...this.desk.dialogs.values()], query.text, query.limit) };
      case "draft":
        return { answer: "draft", ...this.dialog(query.dialog).draft };
    }
  }

  #pageBefore(id: string, before: number | null, limit: number): ThreadPage {
    const dialog = this.dialog(id);
    const numbered = dialog.items.filter(
      (item) => item.seq !== null && (before === null || item.seq < before),
    );
    const items = numbered.slice(-limit);
    const from = items[0]?.seq ?? 1;
    const gaps = dialog.gaps.filter((gap) => gap.to >= from - 1 && (before === null || gap.to < before));
    const unsent = before === null ? dialog.items.filter((item) => item.seq === null) : [];
    const older = numbered.length > items.length;
    return { dialog: id, items: [...items, ...unsent], gaps, older, newer: before !== null };
  }

  #pageAround(id: string, seq: number, limit: number): ThreadPage {
    const dialog = this.dialog(id);
    const numbered = dialog.items.filter((item) => item.seq !== null);
    const place = Math.max(
      0,
      numbered.findIndex((item) => item.seq !== null && item.seq >= seq),
    );
    const start = Math.max(0, place - Math.floor(limit / 2));
    const items = numbered.slice(start, start + limit);
    const newer = start + limit < numbered.length;
    const unsent = newer ? [] : dialog.items.filter((item) => item.seq === null);
    const [from, to] = [items[0]?.seq ?? 1, items.at(-1)?.seq ?? 1];
    const gaps = dialog.gaps.filter((gap) => gap.from >= from && gap.to <= to);
    return { dialog: id, items: [...items, ...unsent], gaps, older: start > 0, newer };
  }

  #me() {
    return {
      me: { id: ME.id, name: ME.name, status: this.status },
      desk: "Отклик, свой стол",
      rights: ["accept", "see_others", "close_own", "transfer_own", "note"] as Snapshot["rights"],
      limits: { text_chars: 32_000 },
    };
  }

  #counts(): Counts {
    const rows = [...this.desk.dialogs.values()].map((dialog) => this.desk.row(dialog));
    const waiting = rows.filter((row) => row.section === "waiting").length;
    const mine = rows.filter((row) => row.section === "mine");
    const mine_unread = mine.filter((row) => row.unread > 0).length;
    const unsent = rows.reduce((sum, row) => sum + row.unsent, 0);
    return {
      waiting,
      mine: mine.length,
      mine_unread,
      all: rows.length,
      unsent,
      badge: waiting + mine_unread,
    };
  }

  #snapshot(rows: Snapshot["rows"]): Snapshot {
    return {
      ...this.#me(),
      link: this.link,
      counts: this.#counts(),
      operators: [],
      channels: [{ id: "web", name: "Сайт", transport: "widget", text_chars: 32_000, page: this.#page }],
      settings: this.settings,
      open: this.#open,
      rows,
      notices: this.notices,
    };
  }
}
