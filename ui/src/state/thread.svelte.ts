/**
 * The open dialog's thread: reads pages from the store, merges what arrives, asks for what is missing. It knows no
 * pixels.
 */
import type { Backend } from "../backend/backend";
import type {
  Answer,
  DialogId,
  DialogRow,
  Gap,
  Query,
  Stamp,
  ThreadItem,
  ThreadPage,
} from "../backend/types";
import { entriesOf, type Entry } from "./entries";
import { Items } from "./items";
import { hasGap, Joined } from "./joined";

/** Messages read at once. */
export const PAGE = 60;
/** The most that one query may ask for. */
const MOST = 200;

/** Where the view should go next: a request to the list that draws the thread. */
export interface Jump {
  /** The line to show; `null` is the newest. */
  key: string | null;
  /** Where the bottom edge of that line is to stand below the top of the view, pixels; in its middle if left out. */
  offset?: number;
  /** Tells two equal requests apart. */
  turn: number;
}

/** A line of this dialog at its distance from the top of the view: where its thread stands. */
export interface Held {
  seq: number;
  key: string;
  offset: number;
}

export class Thread {
  readonly #items = new Items();
  #entries = $state.raw<readonly Entry[]>([]);
  #older = $state(false);
  #newer = $state(false);
  #loaded = $state(false);
  #failed = $state(false);
  #filling = $state.raw<ReadonlySet<string>>(new Set());
  #jump = $state.raw<Jump>({ key: null, turn: 0 });
  #found = $state<number | null>(null);
  #typing: string | null = null;
  #reading = false;
  /** What happened while a page was being read: the page may be older than it. */
  #meanwhile: { items: ThreadItem[]; gone: string[] } = { items: [], gone: [] };
  /** Earlier dialogs of the same customer, the oldest first. */
  #joined: Joined[] = [];
  /** The message that a search led to and that is being fetched. */
  #wanted: number | null = null;
  /** What the view holds in place. */
  #line: { key: string; offset: number } | null = null;
  /** Messages of others that came while this thread was open. */
  #arrived = $state.raw<readonly ThreadItem[]>([]);

  constructor(
    private readonly backend: Backend,
    readonly dialog: DialogId,
    private readonly unreadAfter: number,
    /** The dialog of the same customer before this one; by itself a thread knows of none. */
    private readonly earlier: (dialog: DialogId) => DialogRow | undefined = () => undefined,
    private readonly rowOf: (dialog: DialogId) => DialogRow | undefined = () => undefined,
  ) {}

  get entries(): readonly Entry[] {
    return this.#entries;
  }
  get older(): boolean {
    return this.#older;
  }
  /** The thread was opened in its middle: newer messages exist that are not held. */
  get newer(): boolean {
    return this.#newer;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get failed(): boolean {
    return this.#failed;
  }
  get jump(): Jump {
    return this.#jump;
  }
  /** The number of the message that a search led to. */
  get found(): number | null {
    return this.#found;
  }
  get arrived(): readonly ThreadItem[] {
    return this.#arrived;
  }
  /** The highest number held. */
  get lastSeq(): number {
    void this.#entries;
    return this.#items.list.findLast((item) => item.seq !== null)?.seq ?? 0;
  }

  /** The words of a message that is held. */
  textOf(seq: number): string | undefined {
    return this.#items.list.find((item) => item.seq === seq)?.text;
  }

  isFilling(gap: Gap, dialog: DialogId = this.dialog): boolean {
    return this.#filling.has(placeOf(dialog, gap.from));
  }

  /** Which earlier dialogs stand above. */
  get joined(): readonly DialogId[] {
    void this.#entries;
    return this.#joined.map((one) => one.dialog);
  }

  /** The dialog that can be put above all that is shown. */
  get joinable(): DialogRow | undefined {
    const top = this.#joined[0];
    if (!this.#loaded || (top === undefined ? this.#older || this.#items.first > 1 : top.older))
      return undefined;
    return this.earlier(top?.dialog ?? this.dialog);
  }

  /** Puts the dialog before all that is shown above it. What is not here stands as missing, and is fetched in sight. */
  async join(): Promise<void> {
    const row = this.joinable;
    if (row === undefined || this.#reading) return;
    const joined = new Joined(row);
    this.#reading = true;
    const page = await this.#ask({ get: "thread", dialog: row.id, before: null, limit: PAGE });
    this.#reading = false;
    if (page === null) return;
    joined.take({ ...page, items: page.items.filter((item) => item.seq !== null) });
    joined.older = page.older && joined.items.first > 1;
    this.#joined = [joined, ...this.#joined];
    this.#draw();
  }

  /** What there is before may have changed: more dialogs are here now. */
  pastChanged(): void {
    if (this.#loaded) this.#draw();
  }

  /** Shows the newest page, thrown together anew. */
  async openNewest(): Promise<void> {
    this.#found = null;
    this.#wanted = null;
    await this.#read({ get: "thread", dialog: this.dialog, before: null, limit: PAGE }, (page) => {
      this.#items.clear();
      this.#take(page);
      this.#newer = page.newer;
      this.#older = page.older;
      this.goTo(null);
    });
  }

  /**
   * Shows the first message held that is not older than `at`, or the newest if all are. `last` is the dialog's highest
   * number. False if the store could not be read.
   */
  async openAt(at: Stamp, last: number): Promise<boolean> {
    let low = 1;
    let high = Math.max(1, last);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const page = await this.#ask({ get: "around", dialog: this.dialog, seq: middle, limit: 1 });
      const item = page?.items.find((one) => one.seq !== null);
      if (item === undefined || item.seq === null) return false;
      // Holes: what is read stands at `middle` or is the next one held, and only where there is none the one before.
      if (item.seq < middle) high = item.seq;
      else if (item.at >= at) high = middle;
      else low = item.seq + 1;
    }
    await this.openAround(low, false);
    return !this.#failed;
  }

  /** Shows the surroundings of one message, marked as found unless it is only a place. */
  async openAround(seq: number, mark = true): Promise<void> {
    this.#joined = [];
    await this.#read({ get: "around", dialog: this.dialog, seq, limit: PAGE }, (page) => {
      this.#items.clear();
      this.#take(page);
      this.#newer = page.newer;
      this.#older = page.older;
      this.#found = mark ? seq : null;
      const hit = page.items.find((item) => item.seq !== null && item.seq >= seq);
      this.goTo(hit?.key ?? null);
      this.#wanted = mark && hit?.seq !== seq ? seq : null;
    });
    if (this.#wanted !== null) await this.#fetchAround(this.#wanted);
  }

  /** What a search on the hub found is not here yet: it is fetched with what stands around it, and shown then. */
  async #fetchAround(seq: number): Promise<void> {
    const [from, to] = [Math.max(1, seq - PAGE / 2), seq + PAGE / 2];
    const command = { do: "fill_gap", dialog: this.dialog, from, to } as const;
    await this.backend.command({ kind: "session", command }).catch(() => (this.#wanted = null));
  }

  /** Reads the newest page again without moving the view: changes may have been missed. */
  async refresh(): Promise<void> {
    if (this.#newer || !this.#loaded) return;
    await this.#read({ get: "thread", dialog: this.dialog, before: null, limit: PAGE }, (page) => {
      const kept = new Set(page.items.map((item) => item.key));
      const unsent = this.#items.list.filter((item) => item.seq === null && !kept.has(item.key));
      this.#items.remove(unsent.map((item) => item.key));
      const first = page.gaps[0]?.from ?? page.items[0]?.seq ?? 0;
      if (first > this.#items.last + 1) {
        this.#items.clear();
        this.#older = page.older;
      }
      this.#take(page);
    });
  }

  async loadOlder(): Promise<void> {
    const top = this.#joined[0];
    if (top !== undefined) return this.#loadOlderOf(top);
    if (!this.#older || this.#reading || this.#items.first <= 1) return;
    const before = this.#items.first;
    await this.#read({ get: "thread", dialog: this.dialog, before, limit: PAGE }, (page) => {
      this.#take(page);
      this.#older = page.older && this.#items.first < before;
    });
  }

  async #loadOlderOf(top: Joined): Promise<void> {
    const before = top.items.first;
    if (!top.older || this.#reading || before <= 1) return;
    this.#reading = true;
    const page = await this.#ask({ get: "thread", dialog: top.dialog, before, limit: PAGE });
    this.#reading = false;
    if (page === null) return;
    top.take(page);
    top.older = page.older && top.items.first < before;
    this.#draw();
  }

  async loadNewer(): Promise<void> {
    if (!this.#newer || this.#reading) return;
    const seq = this.#items.last;
    await this.#read({ get: "around", dialog: this.dialog, seq, limit: PAGE }, (page) => {
      this.#take(page);
      this.#newer = page.newer && this.#items.last > seq;
    });
  }

  /** Has missing messages fetched; they are announced when they are in the store. */
  async fillGap(gap: Gap, dialog: DialogId = this.dialog): Promise<void> {
    const place = placeOf(dialog, gap.from);
    if (this.#filling.has(place)) return;
    this.#filling = new Set(this.#filling).add(place);
    try {
      const command = { do: "fill_gap", dialog, from: gap.from, to: gap.to } as const;
      await this.backend.command({ kind: "session", command });
    } catch {
      this.#forgetFilling(place);
    }
  }

  /** Missing messages of a dialog that stands above are in the store now. */
  async joinedFilled(dialog: DialogId, from: number, to: number): Promise<void> {
    const joined = this.#joined.find((one) => one.dialog === dialog);
    if (joined === undefined || !hasGap(joined.items.gaps, from, to)) return;
    for (const gap of joined.items.gaps) {
      if (gap.from <= to && gap.to >= from) this.#forgetFilling(placeOf(dialog, gap.from));
    }
    await this.#readStretch(dialog, from, to, (page) => {
      joined.take(page);
      this.#draw();
    });
  }

  /** Missing messages are in the store now: reads that stretch again, where this thread shows it. */
  async gapFilled(from: number, to: number): Promise<void> {
    for (const gap of this.#items.gaps) {
      if (gap.from <= to && gap.to >= from) this.#forgetFilling(placeOf(this.dialog, gap.from));
    }
    const wanted = this.#wanted;
    if (wanted !== null && wanted >= from && wanted <= to) {
      this.#wanted = null;
      return this.openAround(wanted);
    }
    await this.#readStretch(this.dialog, from, to, (page) => this.#take(page));
  }

  async #readStretch(
    dialog: DialogId,
    from: number,
    to: number,
    take: (page: ThreadPage) => void,
  ): Promise<void> {
    let before = to + 1;
    while (before > from) {
      const limit = Math.min(MOST, before - from);
      const page = await this.#ask({ get: "thread", dialog, before, limit });
      if (page === null || page.items.length === 0) break;
      take({ ...page, items: page.items.filter((item) => item.seq !== null) });
      const first = page.items[0]?.seq ?? from;
      if (first >= before) break;
      before = first;
    }
  }

  /** What happened to messages of this thread. */
  apply(items: readonly ThreadItem[], gone: readonly string[]): void {
    const last = this.#items.last;
    const known = (item: ThreadItem) => this.#items.get(item.key) !== undefined;
    // In the middle of an old stretch, what is new has no place yet: it is read when the operator comes to it.
    const fits = this.#newer ? items.filter(known) : items;
    const fresh = items.filter((item) => !item.mine && item.seq !== null && item.seq > last && !known(item));
    const own = fits.some((item) => item.mine && !known(item) && item.seq === null);
    if (this.#reading) {
      this.#meanwhile.items.push(...items);
      this.#meanwhile.gone.push(...gone);
    }
    this.#items.remove(gone);
    this.#items.addLive(fits);
    this.#draw();
    if (fresh.length > 0) this.#arrived = [...this.#arrived, ...fresh].slice(-200);
    if (own) this.goTo(null);
  }

  setTyping(text: string | null): void {
    if (this.#typing === text) return;
    this.#typing = text;
    this.#draw();
  }

  /** Asks the view to show a line, or the newest. */
  goTo(key: string | null, offset?: number): void {
    const turn = this.#jump.turn + 1;
    this.#jump = offset === undefined ? { key, turn } : { key, turn, offset };
  }

  /** The view says which line it holds in place; `null`: it follows the end. */
  holds(line: { key: string; offset: number } | null): void {
    this.#line = line;
  }

  /** Where it stands; `null`: at its end, or in another dialog above. */
  get held(): Held | null {
    const line = this.#line;
    const seq = line === null ? null : (this.#items.get(line.key)?.seq ?? null);
    return line === null || seq === null ? null : { ...line, seq };
  }

  /** Shows it first: where it stood, at a message, or at its end. */
  async begin(seq: number | null, held: Held | null): Promise<void> {
    if (held !== null) return this.#openHeld(held);
    return seq === null ? this.openNewest() : this.openAround(seq);
  }

  async #openHeld({ seq, key, offset }: Held): Promise<void> {
    this.#joined = [];
    await this.#read({ get: "around", dialog: this.dialog, seq, limit: PAGE }, (page) => {
      this.#items.clear();
      this.#take(page);
      this.#newer = page.newer;
      this.#older = page.older;
      this.#found = null;
      this.goTo(key, offset);
    });
  }

  #forgetFilling(place: string): void {
    const rest = new Set(this.#filling);
    rest.delete(place);
    this.#filling = rest;
  }

  async #read(query: Query, take: (page: ThreadPage) => void): Promise<void> {
    this.#reading = true;
    this.#meanwhile = { items: [], gone: [] };
    this.#failed = false;
    const page = await this.#ask(query);
    this.#reading = false;
    if (page === null) {
      this.#failed = true;
      return;
    }
    take(page);
    const { items, gone } = this.#meanwhile;
    this.#items.remove(gone);
    if (!this.#newer) this.#items.addLive(items);
    this.#loaded = true;
    this.#draw();
  }

  async #ask(query: Query): Promise<ThreadPage | null> {
    try {
      const answer = await this.backend.query({ kind: "session", query });
      return answer.kind === "session" ? pageOf(answer.answer) : null;
    } catch {
      return null;
    }
  }

  #take(page: ThreadPage): void {
    this.#items.addPage(page);
    this.#draw();
  }

  #draw(): void {
    const entries = entriesOf({
      items: this.#items.list,
      gaps: this.#items.gaps,
      // What stands above it is shown already.
      older: this.#older && this.#joined.length === 0,
      unreadAfter: this.unreadAfter,
      typing: this.#newer ? null : this.#typing,
    });
    const row = this.#joined.length === 0 ? undefined : this.rowOf(this.dialog);
    const begins: Entry[] = row === undefined ? [] : [beginning(row, true)];
    const above = this.#joined.flatMap((one): Entry[] => [beginning(one.row, false), ...one.entries()]);
    const next = this.joinable;
    const offer: Entry[] = next === undefined ? [] : [{ what: "join", key: "join", row: next }];
    this.#entries = [...offer, ...above, ...begins, ...entries];
  }
}

function beginning(row: DialogRow, open: boolean): Entry {
  return { what: "dialog", key: `dialog:${row.id}`, row, open };
}

/** Numbers start anew in each dialog. */
function placeOf(dialog: DialogId, from: number): string {
  return `${dialog}:${from}`;
}

function pageOf(answer: Answer): ThreadPage | null {
  return answer.answer === "thread" ? answer.page : null;
}
