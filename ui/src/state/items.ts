/**
 * The messages of one thread that this page holds, in order, and the stretches it knows to be missing. Pure. Numbered
 * messages stand by number, unsent ones after them by their own order; of two versions the higher `rev` is kept.
 */
import type { Gap, ThreadItem, ThreadPage } from "../backend/types";
import { lowerBound } from "./order";

function compare(a: ThreadItem, b: ThreadItem): number {
  if (a.seq !== null && b.seq !== null) return a.seq - b.seq || compareKeys(a, b);
  if (a.seq !== null) return -1;
  if (b.seq !== null) return 1;
  return (a.order ?? 0) - (b.order ?? 0) || compareKeys(a, b);
}

function compareKeys(a: ThreadItem, b: ThreadItem): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

export class Items {
  readonly #byKey = new Map<string, ThreadItem>();
  #list: ThreadItem[] = [];
  #gaps: Gap[] = [];

  get list(): readonly ThreadItem[] {
    return this.#list;
  }

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  get(key: string): ThreadItem | undefined {
    return this.#byKey.get(key);
  }

  /** The lowest number held or known to be missing; 0 if there is none. */
  get first(): number {
    const item = this.#list[0]?.seq ?? Infinity;
    const gap = this.#gaps[0]?.from ?? Infinity;
    const first = Math.min(item, gap);
    return Number.isFinite(first) ? first : 0;
  }

  /** The highest number held or known to be missing; 0 if there is none. */
  get last(): number {
    const gap = this.#gaps.at(-1)?.to ?? 0;
    for (let i = this.#list.length - 1; i >= 0; i -= 1) {
      const seq = this.#list[i]?.seq;
      if (typeof seq === "number") return Math.max(seq, gap);
    }
    return gap;
  }

  clear(): void {
    this.#byKey.clear();
    this.#list = [];
    this.#gaps = [];
  }

  /** Adds a page read from the store: what it says about missing stretches within its reach replaces what was known. */
  addPage(page: ThreadPage): void {
    const numbers = page.items.flatMap((item) => (item.seq === null ? [] : [item.seq]));
    const from = Math.min(...numbers, ...page.gaps.map((gap) => gap.from));
    const to = Math.max(...numbers, ...page.gaps.map((gap) => gap.to));
    this.put(page.items);
    const outside = this.#gaps.flatMap((gap) => cut(gap, from, to));
    this.#gaps = [...outside, ...page.gaps].sort((a, b) => a.from - b.from);
    this.#dropFilledGaps();
  }

  /** New or changed items. A number that skips some leaves a gap behind it. */
  addLive(items: readonly ThreadItem[]): void {
    const last = this.last;
    this.put(items);
    const numbers = items.flatMap((item) => (item.seq === null || item.seq <= last ? [] : [item.seq]));
    const next = Math.min(...numbers);
    if (last > 0 && numbers.length > 0 && next > last + 1) {
      this.#gaps.push({ from: last + 1, to: next - 1 });
    }
    this.#dropFilledGaps();
  }

  put(items: readonly ThreadItem[]): void {
    for (const item of items) {
      const old = this.#byKey.get(item.key);
      if (old !== undefined && old.rev > item.rev) continue;
      if (old !== undefined) this.#takeOut(old);
      this.#byKey.set(item.key, item);
      const end = this.#list.at(-1);
      if (end === undefined || compare(end, item) < 0) this.#list.push(item);
      else this.#list.splice(lowerBound(this.#list, item, compare), 0, item);
    }
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) {
      const old = this.#byKey.get(key);
      if (old !== undefined) this.#takeOut(old);
      this.#byKey.delete(key);
    }
  }

  #takeOut(item: ThreadItem): void {
    const place = lowerBound(this.#list, item, compare);
    if (this.#list[place]?.key === item.key) this.#list.splice(place, 1);
  }

  #dropFilledGaps(): void {
    if (this.#gaps.length === 0) return;
    const held = this.#list.flatMap((item) => (item.seq === null ? [] : [item.seq]));
    this.#gaps = this.#gaps.flatMap((gap) => withoutHeld(gap, held));
  }
}

/** What of `gap` lies outside `from` to `to`. */
function cut(gap: Gap, from: number, to: number): Gap[] {
  const rest: Gap[] = [];
  if (gap.from < from) rest.push({ from: gap.from, to: Math.min(gap.to, from - 1) });
  if (gap.to > to) rest.push({ from: Math.max(gap.from, to + 1), to: gap.to });
  return rest;
}

/** What of `gap` is really missing, given the numbers held, ascending. A message in its middle splits it. */
function withoutHeld(gap: Gap, held: readonly number[]): Gap[] {
  const rest: Gap[] = [];
  let from = gap.from;
  for (const seq of held) {
    if (seq < from) continue;
    if (seq > gap.to) break;
    if (seq > from) rest.push({ from, to: seq - 1 });
    from = seq + 1;
  }
  if (from <= gap.to) rest.push({ from, to: gap.to });
  return rest;
}
