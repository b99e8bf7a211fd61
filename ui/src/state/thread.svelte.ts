/**
 * The open dialog's thread: reads pages from the store, merges what arrives, asks for what is missing. It knows no
 * pixels.
 */
import type { Backend } from "../backend/backend";
import type { Answer, DialogId, Gap, Query, Stamp, ThreadItem, ThreadPage } from "../backend/types";
import { entriesOf, type Entry } from "./entries";
import { Items } from "./items";

/** Messages read at once. */
export const PAGE = 60;
/** The most that one query may ask for. */
const MOST = 200;

/** Where the view should go next: a request to the list that draws the thread. */
export interface Jump {
  /** The line to show; `null` is the newest. */
  key: string | null;
  /** Tells two equal requests apart. */
  turn: number;
}

export class Thread {
  readonly #items = new Items();
  #entries = $state.raw<readonly Entry[]>([]);
  #older = $state(false);
  #newer = $state(false);
  #loaded = $state(false);
  #failed = $state(false);
  #filling = $state.raw<ReadonlySet<number>>(new Set());
  #jump = $state.raw<Jump>({ key: null, turn: 0 });
  #found = $state<number | null>(null);
  #typing: string | null = null;
  #reading = false;
  /** What happened while a page was being read: the page may be older than it. */
  #meanwhile: { items: ThreadItem[]; gone: string[] } = { items: [], gone: [] };
  /** Messages of others that came while this thread was open. */
  #arrived = $state.raw<readonly ThreadItem[]>([]);

  constructor(
    private readonly backend: Backend,
    readonly dialog: DialogId,
    private readonly unreadAfter: number,
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

  isFilling(gap: Gap): boolean {
    return this.#filling.has(gap.from);
  }

  /** Shows the newest page, thrown together anew. */
  async openNewest(): Promise<void> {
    this.#found = null;
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
    await this.#read({ get: "around", dialog: this.dialog, seq, limit: PAGE }, (page) => {
      this.#items.clear();
      this.#take(page);
      this.#newer = page.newer;
      this.#older = page.older;
      this.#found = mark ? seq : null;
      const hit = page.items.find((item) => item.seq !== null && item.seq >= seq);
      this.goTo(hit?.key ?? null);
    });
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
    if (!this.#older || this.#reading || this.#items.first <= 1) return;
    const before = this.#items.first;
    await this.#read({ get: "thread", dialog: this.dialog, before, limit: PAGE }, (page) => {
      this.#take(page);
      this.#older = page.older && this.#items.first < before;
    });
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
  async fillGap(gap: Gap): Promise<void> {
    if (this.#filling.has(gap.from)) return;
    this.#filling = new Set(this.#filling).add(gap.from);
    try {
      const command = { do: "fill_gap", dialog: this.dialog, from: gap.from, to: gap.to } as const;
      await this.backend.command({ kind: "session", command });
    } catch {
      this.#forgetFilling(gap.from);
    }
  }

  /** Missing messages are in the store now: reads that stretch again, where this thread shows it. */
  async gapFilled(from: number, to: number): Promise<void> {
    for (const gap of this.#items.gaps) {
      if (gap.from <= to && gap.to >= from) this.#forgetFilling(gap.from);
    }
    let before = to + 1;
    while (before > from) {
      const limit = Math.min(MOST, before - from);
      const page = await this.#ask({ get: "thread", dialog: this.dialog, before, limit });
      if (page === null || page.items.length === 0) break;
      this.#take({ ...page, items: page.items.filter((item) => item.seq !== null) });
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
  goTo(key: string | null): void {
    this.#jump = { key, turn: this.#jump.turn + 1 };
  }

  #forgetFilling(from: number): void {
    const rest = new Set(this.#filling);
    rest.delete(from);
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
    this.#entries = entriesOf({
      items: this.#items.list,
      gaps: this.#items.gaps,
      older: this.#older,
      unreadAfter: this.unreadAfter,
      typing: this.#newer ? null : this.#typing,
    });
  }
}

function pageOf(answer: Answer): ThreadPage | null {
  return answer.answer === "thread" ? answer.page : null;
}
