/**
 * The rows of all visible dialogs, in the orders in which they are listed. Of two versions of a row it keeps the
 * one with the higher `rev`; where a row belongs is written in the row.
 */
import type { DialogId, DialogRow, Section } from "../backend/types";
import { insert, lowerBound, merged, remove, type Order } from "./order";
import { lists, SECTIONS } from "./sections";

/** From so many changed rows on, one walk along the lists is cheaper than a place for each. */
const MANY = 50;

const bySort: Order<DialogRow> = (a, b) => a.sort - b.sort || compareText(a.id, b.id);
const byActive: Order<DialogRow> = (a, b) => b.active_at - a.active_at || compareText(a.id, b.id);

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function orderOf(section: Section): Order<DialogRow> {
  return section === "all" || section === "open" ? byActive : bySort;
}

function none(): Record<Section, DialogRow[]> {
  return { waiting: [], mine: [], queue: [], offline_requests: [], open: [], all: [] };
}

export class Rows {
  readonly #byId = new Map<DialogId, DialogRow>();
  #lists = none();
  #version = $state(0);

  /** The rows of a section, in its order. Not to be kept: it changes in place. */
  section(section: Section): readonly DialogRow[] {
    void this.#version;
    return this.#lists[section];
  }

  /** Grows whenever any row changes. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    void this.#version;
    return this.#byId.size;
  }

  get(id: DialogId | null): DialogRow | undefined {
    void this.#version;
    return id === null ? undefined : this.#byId.get(id);
  }

  /** Where a dialog stands in a section, -1 if it does not. */
  place(section: Section, id: DialogId): number {
    void this.#version;
    const row = this.#byId.get(id);
    if (row === undefined) return -1;
    const list = this.#lists[section];
    const place = lowerBound(list, row, orderOf(section));
    return list[place]?.id === id ? place : -1;
  }

  /** Forgets everything and shows these. */
  replace(rows: readonly DialogRow[]): void {
    this.#byId.clear();
    this.#lists = none();
    this.#mergeMany(rows);
    this.#version += 1;
  }

  merge(rows: readonly DialogRow[]): void {
    const newer = rows.filter((row) => row.rev >= (this.#byId.get(row.id)?.rev ?? 0));
    if (newer.length === 0) return;
    if (newer.length < MANY) for (const row of newer) this.#mergeOne(row);
    else this.#mergeMany(newer);
    this.#version += 1;
  }

  remove(ids: readonly DialogId[]): void {
    for (const id of ids) {
      this.#takeOut(id);
      this.#byId.delete(id);
    }
    this.#version += 1;
  }

  /** The customer's unfinished text, which travels ahead of the row's next version. */
  setTyping(id: DialogId, text: string | null): void {
    const row = this.#byId.get(id);
    if (row !== undefined && row.typing !== text) this.merge([{ ...row, typing: text }]);
  }

  #takeOut(id: DialogId): void {
    const old = this.#byId.get(id);
    if (old === undefined) return;
    for (const section of SECTIONS)
      if (lists(section, old)) remove(this.#lists[section], old, orderOf(section));
  }

  #mergeOne(row: DialogRow): void {
    this.#takeOut(row.id);
    this.#byId.set(row.id, row);
    for (const section of SECTIONS)
      if (lists(section, row)) insert(this.#lists[section], row, orderOf(section));
  }

  /** Sorts only what comes: at the start ten thousand rows come a few hundred at a time. */
  #mergeMany(rows: readonly DialogRow[]): void {
    const coming = new Map(rows.map((row) => [row.id, row]));
    const known = rows.some((row) => this.#byId.has(row.id));
    for (const [id, row] of coming) this.#byId.set(id, row);
    for (const section of SECTIONS) {
      const order = orderOf(section);
      const others = this.#lists[section];
      const staying = known ? others.filter((row) => !coming.has(row.id)) : others;
      const listed = [...coming.values()].filter((row) => lists(section, row)).sort(order);
      this.#lists[section] = merged(staying, listed, order);
    }
  }
}
