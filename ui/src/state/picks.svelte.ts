/** The rows that are chosen to do something with all of them. It knows ids and orders, not what is done. */
import type { DialogId } from "../backend/types";

type Listed = readonly { id: DialogId }[];

export class Picks {
  #ids = $state.raw<ReadonlySet<DialogId>>(new Set());
  /** Where a stretch began. */
  #anchor: DialogId | null = null;
  /** Where the keyboard is, while it chooses. */
  #cursor = $state<DialogId | null>(null);

  get ids(): ReadonlySet<DialogId> {
    return this.#ids;
  }

  get size(): number {
    return this.#ids.size;
  }

  get cursor(): DialogId | null {
    return this.#cursor;
  }

  /** The next stretch begins here. */
  from(id: DialogId | null): void {
    this.#anchor = id;
    this.#cursor = null;
  }

  toggle(id: DialogId): void {
    const ids = new Set(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    this.#set(ids);
    this.#anchor = id;
    this.#cursor = id;
  }

  /** Everything between where the stretch began and here, both included. */
  stretch(rows: Listed, to: DialogId): void {
    const anchor = this.#anchor ?? to;
    const [a, b] = [anchor, to].map((id) => rows.findIndex((row) => row.id === id));
    if (a === undefined || b === undefined || b === -1) return;
    const from = a === -1 ? b : a;
    this.#set(new Set(rows.slice(Math.min(from, b), Math.max(from, b) + 1).map((row) => row.id)));
    this.#anchor = anchor;
    this.#cursor = to;
  }

  all(rows: Listed): void {
    this.#set(new Set(rows.map((row) => row.id)));
  }

  /** Takes these out: they are gone. */
  drop(gone: readonly DialogId[]): void {
    if (!gone.some((id) => this.#ids.has(id))) return;
    const ids = new Set(this.#ids);
    for (const id of gone) ids.delete(id);
    this.#set(ids);
  }

  clear(): void {
    this.#set(new Set());
    this.#cursor = null;
  }

  #set(ids: ReadonlySet<DialogId>): void {
    this.#ids = ids;
    if (ids.size === 0) this.#cursor = null;
  }
}
