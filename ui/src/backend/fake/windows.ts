/** The windows of the engine in memory: it opens none, and remembers what was asked. */
import type { AppCommand, Colleague, DialogId, PageAnswer, Receipt, Snapshot, ViewEvent } from "../types";

const DONE: Receipt = { message: null, text: null, found: null };

export class FakeWindows {
  own: DialogId[] = [];
  askedFor: DialogId | null = null;
  /** Who else has which dialog before him. */
  colleagues: Snapshot["colleagues"] = {};
  compact = false;
  /** A page in a browser has no windows. */
  absent = false;

  constructor(private readonly tell: (event: ViewEvent) => void) {}

  answer(): PageAnswer {
    return { kind: "windows", windows: this.absent ? null : { compact: this.compact } };
  }

  snapshot(): Pick<Snapshot, "own_windows" | "asked_for" | "colleagues"> {
    return { own_windows: this.own, asked_for: this.askedFor, colleagues: this.colleagues };
  }

  /** Another program's link asks for a dialog; for none any more. */
  follow(dialog: DialogId | null): Receipt {
    this.askedFor = dialog;
    this.tell({ event: "link_followed", dialog });
    return DONE;
  }

  /** Opening the dialog that was asked about is an answer. */
  opened(dialog: DialogId | null): DialogId | null {
    if (dialog !== null && dialog === this.askedFor) this.follow(null);
    return dialog;
  }

  /** Colleagues come to a dialog, write, or leave. */
  meet(dialog: DialogId, here: Colleague[]): void {
    this.colleagues = { ...this.colleagues, [dialog]: here };
    this.tell({ event: "colleagues", dialog, here });
  }

  command(command: AppCommand): Receipt {
    if (command.do === "compact") this.compact = command.on;
    if (command.do === "open_own_window") this.#set([...new Set([...this.own, command.dialog])]);
    if (command.do === "close_own_window") this.#set(this.own.filter((one) => one !== command.dialog));
    return DONE;
  }

  #set(own: DialogId[]): void {
    this.own = own;
    this.tell({ event: "own_windows", dialogs: own });
  }
}
