/** What the operator of the desk in memory writes: queued, on its way in the order of its dialog, taken back. */
import { Refused } from "../backend";
import type { LinkView, Receipt, ThreadItem } from "../types";
import { ME, setSend, type FakeDesk, type FakeDialog } from "./desk";
import type { FakeFiles } from "./files";

const DONE: Receipt = { message: null, text: null, found: null };

/** What an outbox needs of the engine in memory. */
export interface Sender {
  readonly desk: FakeDesk;
  readonly files: FakeFiles;
  link: LinkView;
  dialog(id: string): FakeDialog;
  changed(dialog: FakeDialog, items: (ThreadItem | undefined)[], gone?: string[]): void;
}

export class FakeOutbox {
  /** The next file stays on its way until {@link uploaded} says that all of it is there. */
  slow = false;
  #next = 1;

  constructor(
    private readonly fake: Sender,
    private readonly now: () => number,
  ) {}

  write(
    id: string,
    text: string,
    kind: "text" | "note" | "file",
    details: ThreadItem["details"] = {},
  ): Receipt {
    const dialog = this.fake.dialog(id);
    if (kind !== "file" && text.trim() === "") throw new Refused({ error: "empty" });
    const client = `m${this.#next}`;
    this.#next += 1;
    const item: ThreadItem = {
      key: client,
      seq: null,
      order: this.#next,
      kind,
      author: { by: "operator", id: ME.id, name: ME.name },
      mine: true,
      text,
      at: this.now(),
      details,
      send: { state: "queued" },
      client_id: client,
      rev: this.fake.desk.nextRev(),
    };
    dialog.items.push(item);
    dialog.draft = { text: "", note: false };
    this.fake.changed(dialog, [item]);
    if (this.fake.link.link === "live") queueMicrotask(() => this.deliver(dialog));
    return { ...DONE, message: client };
  }

  sendFiles(id: string, files: readonly string[], text: string): Receipt {
    const staged = this.fake.files.takeOut(id, files);
    const receipts = staged.map((file, place) => {
      const { id: key, ...rest } = file;
      const attachment = { ...rest, id: key, state: "ready" } as const;
      return this.write(id, place === 0 ? text : "", "file", { file: attachment });
    });
    return receipts[0] ?? DONE;
  }

  /** The queue of one dialog goes out, in its order. */
  deliver(dialog: FakeDialog): void {
    const goes = (item: ThreadItem) => item.send?.state === "queued" || item.send?.state === "uploading";
    const waiting = dialog.items.filter((item) => item.seq === null && goes(item));
    for (const item of waiting) {
      if (this.slow && item.kind === "file") {
        if (item.send?.state === "queued") this.setSend(dialog.id, item.key, { state: "uploading", sent: 0 });
        return;
      }
      const seq = this.fake.desk.lastSeq(dialog) + 1;
      const sent: ThreadItem = {
        ...item,
        seq,
        order: null,
        send: { state: "sent" },
        rev: this.fake.desk.nextRev(),
      };
      dialog.items = [...dialog.items.filter((one) => one.key !== item.key && one.seq !== null), sent].concat(
        dialog.items.filter((one) => one.key !== item.key && one.seq === null),
      );
      this.fake.changed(dialog, [sent]);
    }
  }

  /** A file that goes up slowly has come so far; all of it ends it. */
  uploaded(id: string, key: string, sent: number): void {
    const dialog = this.fake.dialog(id);
    const item = dialog.items.find((one) => one.key === key);
    this.setSend(id, key, { state: "uploading", sent });
    if (sent < (item?.details.file?.size ?? 0)) return;
    this.slow = false;
    this.deliver(dialog);
  }

  /** Changes how far an own message has come. */
  setSend(id: string, key: string, send: ThreadItem["send"]): void {
    const dialog = this.fake.dialog(id);
    const place = dialog.items.findIndex((item) => item.key === key);
    const item = dialog.items[place];
    if (item === undefined || send === null) return;
    dialog.items[place] = setSend(item, send, this.fake.desk.nextRev());
    this.fake.changed(dialog, [dialog.items[place]]);
  }

  resend(message: string): Receipt {
    const { dialog, item } = this.#find(message);
    this.setSend(dialog.id, item.key, { state: "queued" });
    if (this.fake.link.link === "live") this.deliver(dialog);
    return { ...DONE, message };
  }

  edit(message: string): Receipt {
    const { item } = this.#find(message);
    const { text } = this.takeOut(message, true);
    return { ...DONE, text, quote: item.details.quote ?? null };
  }

  takeOut(message: string, asDraft: boolean): { dialog: FakeDialog; text: string } {
    const { dialog, item } = this.#find(message);
    if (item.seq !== null) throw new Refused({ error: "too_late" });
    dialog.items = dialog.items.filter((one) => one !== item);
    const file = item.details.file;
    if (asDraft && file !== undefined) this.fake.files.putBack(dialog.id, file);
    if (asDraft && item.text !== "")
      dialog.draft = { text: item.text, note: item.kind === "note", quote: item.details.quote ?? null };
    this.fake.changed(dialog, [], [item.key]);
    return { dialog, text: item.text };
  }

  #find(message: string): { dialog: FakeDialog; item: ThreadItem } {
    for (const dialog of this.fake.desk.dialogs.values()) {
      const item = dialog.items.find((one) => one.client_id === message);
      if (item !== undefined) return { dialog, item };
    }
    throw new Refused({ error: "not_found" });
  }
}
