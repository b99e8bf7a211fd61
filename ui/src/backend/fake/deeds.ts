/** What a deed does to a dialog of the engine in memory. */
import type { Deed, ThreadItem } from "../types";
import type { FakeDialog } from "./desk";
import { endOf } from "./sums";

/** A deed that concerns one message. */
export type Change = Extract<Deed, { deed: "edit_message" | "delete_message" }>;

/** Carries out a deed that concerns nothing but the dialog's row. */
export function carryOut(dialog: FakeDialog, deed: Deed, now: number, ahead: number): void {
  switch (deed.deed) {
    case "hold":
      dialog.hold = { since: now, until: endOf(deed.term, now + ahead), reason: deed.reason };
      return;
    case "unhold":
      dialog.hold = null;
      return;
    case "sort":
      if (deed.category !== null) dialog.category = deed.category === "" ? null : deed.category;
      if (deed.tags !== null) dialog.tags = deed.tags;
      return;
    case "decline":
      dialog.state = "queue";
      dialog.offerUntil = null;
      return;
    case "edit_message":
    case "delete_message":
    case "block":
    case "request_contact":
    case "teleport":
    case "unblock":
    case "send_transcript":
    case "invite":
    case "join":
    case "separate":
      return;
  }
}

/** A message that its writer changed or took back. */
export function changedItem(item: ThreadItem, deed: Change, now: number): ThreadItem {
  return deed.deed === "edit_message"
    ? { ...item, text: deed.text, details: { ...item.details, edited_at: now } }
    : { ...item, text: "", details: { deleted_at: now } };
}
