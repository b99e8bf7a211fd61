/**
 * Earlier dialogs of the same customer above the one that is open, the newest of them nearest to it. Pure of pixels and
 * of the network: pages come in, lines go out.
 */
import type { DialogId, DialogRow, Gap, ThreadPage } from "../backend/types";
import { entriesOf, type Entry } from "./entries";
import { Items } from "./items";

/** One earlier dialog. */
export class Joined {
  readonly items = new Items();
  older = true;

  constructor(readonly row: DialogRow) {}

  get dialog(): DialogId {
    return this.row.id;
  }

  take(page: ThreadPage): void {
    this.items.addPage(page);
  }

  /** Its lines: they bear the dialog's name, because numbers start anew in each. */
  entries(): Entry[] {
    const lines = entriesOf({
      items: this.items.list,
      gaps: this.items.gaps,
      older: this.older && this.items.first > 1,
      unreadAfter: 0,
      typing: null,
    });
    return lines.map((line): Entry => {
      switch (line.what) {
        case "message":
        case "line":
          return { ...line, dialog: this.dialog };
        case "gap":
          return { ...line, key: `${line.key}:${this.dialog}`, dialog: this.dialog };
        case "day":
          return { ...line, key: `${line.key}:${this.dialog}` };
        case "older":
        case "unread":
        case "typing":
        case "join":
        case "dialog":
          return line;
      }
    });
  }
}

/** Whether a gap of this dialog is among the lines. */
export function hasGap(gaps: readonly Gap[], from: number, to: number): boolean {
  return gaps.some((gap) => gap.from <= to && gap.to >= from);
}
