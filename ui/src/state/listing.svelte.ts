/**
 * The list on the screen: the section's rows, filtered and sorted as the operator likes. Without a filter it is the
 * section itself; with one it is worked out anew at most ten times a second, however much arrives.
 */
import { untrack } from "svelte";
import type { DialogRow, SavedView, Section } from "../backend/types";
import { lang } from "../i18n/i18n.svelte";
import { hubClock } from "./clock.svelte";
import {
  isEmpty,
  matches,
  NO_FILTER,
  readViews,
  savedView,
  sorted,
  valuesIn,
  type Filter,
  type Kind,
  type Sort,
  type View,
} from "./filter";
import type { Rows } from "./rows.svelte";

const AGAIN_AFTER_MS = 100;
const MOST_VIEWS = 12;

export class Listing {
  filter = $state.raw<Filter>(NO_FILTER);
  sort = $state<Sort>("usual");
  #views = $state.raw<readonly View[]>([]);
  #turn = $state(0);
  #drawnAt = -Infinity;
  #last: readonly DialogRow[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #names = $derived(new Intl.Collator(lang(), { sensitivity: "base", numeric: true }));
  readonly #chosen = $derived.by(() => this.#choose());

  constructor(
    private readonly rows: Rows,
    private readonly section: () => Section,
    /** Has the views kept. */
    private readonly keepViews: (views: SavedView[]) => void,
  ) {}

  /** Takes the views that were kept. */
  use(views: readonly SavedView[]): void {
    this.#views = readViews(views);
  }

  /** The section as it is. */
  get plain(): boolean {
    return isEmpty(this.filter) && this.sort === "usual";
  }

  /** What is listed. Not to be kept: it may change in place. */
  get shown(): readonly DialogRow[] {
    return this.plain ? this.rows.section(this.section()) : this.#chosen;
  }

  /** Grows whenever `shown` may have changed in place. */
  get version(): number {
    return this.plain ? this.rows.version : this.#turn;
  }

  /** How many rows the section has, listed or not. */
  get total(): number {
    return this.rows.section(this.section()).length;
  }

  get views(): readonly View[] {
    return this.#views;
  }

  /** What there are rows of, of one kind, by name. */
  valuesOf(kind: Kind): string[] {
    const all = new Set(this.rows.section("all").flatMap((row) => valuesIn(row, kind)));
    return [...all].toSorted(this.#names.compare);
  }

  /** Rows have changed. */
  changed(): void {
    if (this.plain || this.#timer !== null) return;
    const wait = this.#drawnAt + AGAIN_AFTER_MS - performance.now();
    if (wait <= 0) this.#draw();
    else this.#timer = setTimeout(() => this.#draw(), wait);
  }

  reset(): void {
    this.filter = NO_FILTER;
    this.sort = "usual";
  }

  /** Keeps the present list under a name; an older one of that name is replaced. */
  keep(name: string): void {
    const trimmed = name.trim();
    if (trimmed === "") return;
    const view = { name: trimmed, section: this.section(), filter: this.filter, sort: this.sort };
    const others = this.#views.filter((one) => one.name !== trimmed);
    this.#setViews([...others, view].slice(-MOST_VIEWS));
  }

  forget(name: string): void {
    this.#setViews(this.#views.filter((one) => one.name !== name));
  }

  #setViews(views: readonly View[]): void {
    this.#views = views;
    this.keepViews(views.map(savedView));
  }

  #draw(): void {
    this.#timer = null;
    this.#drawnAt = performance.now();
    this.#turn += 1;
  }

  #choose(): readonly DialogRow[] {
    void this.#turn;
    const { filter, sort } = this;
    const section = this.section();
    // Only what grows old by itself follows the clock.
    const now = filter.marks.includes("overdue") ? hubClock() : untrack(hubClock);
    const rows = untrack(() => this.rows.section(section));
    const listed = isEmpty(filter) ? rows : rows.filter((row) => matches(row, filter, now));
    this.#last = sorted(sort === "usual" ? listed : asBefore(listed, this.#last), sort, this.#names);
    return this.#last;
  }
}

/** `rows` in the order they stood in: what is nearly sorted is sorted again in no time. */
function asBefore(rows: readonly DialogRow[], before: readonly DialogRow[]): readonly DialogRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const kept: DialogRow[] = [];
  for (const { id } of before) {
    const row = byId.get(id);
    if (row === undefined) continue;
    kept.push(row);
    byId.delete(id);
  }
  return [...kept, ...byId.values()];
}
