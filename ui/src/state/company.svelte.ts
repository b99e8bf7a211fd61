/** Colleagues who have the same dialogs before them, as the engine tells. */
import type { Colleague, DialogId, Snapshot, ViewEvent } from "../backend/types";

export class Company {
  #by = $state.raw<ReadonlyMap<DialogId, readonly Colleague[]>>(new Map());

  takeSnapshot(snapshot: Snapshot): void {
    this.#by = new Map(Object.entries(snapshot.colleagues).map(([dialog, here]) => [dialog, here ?? []]));
  }

  take(event: Extract<ViewEvent, { event: "colleagues" }>): void {
    this.#by = new Map(this.#by).set(event.dialog, event.here);
  }

  /** Who is at a dialog too: those who write, and those who only read. */
  at(dialog: DialogId): { writing: readonly string[]; reading: readonly string[] } {
    const here = this.#by.get(dialog) ?? [];
    const names = (writes: boolean) => here.filter((one) => one.writes === writes).map((one) => one.name);
    return { writing: names(true), reading: names(false) };
  }
}
