/** What may be done with a message that has not gone out. */
import type { ThreadItem } from "../backend/types";
import type { Entry } from "./entries";

/** Whether its words may be taken back into the composer. */
export function mayEdit(item: ThreadItem): boolean {
  if (item.client_id === null || item.send === null) return false;
  switch (item.send.state) {
    case "queued":
    case "waiting":
    case "uploading":
    case "not_taken":
      return true;
    case "held":
      return item.send.reason.why === "too_old" || item.send.reason.why === "from_copy";
    case "failed":
      return item.send.reason.code !== "not_your_dialog";
    case "sending":
    case "sent":
    case "delivered":
    case "read":
      return false;
  }
}

/** What an operator may do with a message that has not gone out. */
export type UnsentChoice = "as_note" | "resend" | "again" | "edit" | "copy" | "cancel";

/** The choices for each state, in the order in which they are offered. */
export function unsentChoices(item: ThreadItem): UnsentChoice[] {
  const send = item.send;
  if (item.client_id === null || send === null) return [];
  const edit: UnsentChoice[] = mayEdit(item) ? ["edit"] : [];
  const copy: UnsentChoice[] = item.text === "" ? [] : ["copy"];
  // A note has words and no files.
  const note: UnsentChoice[] = item.kind === "file" ? [] : ["as_note"];
  switch (send.state) {
    case "held":
      if (edit.length > 0) return ["resend", ...edit, ...copy, "cancel"];
      return send.reason.why === "not_mine" ? [...note, "again", ...copy, "cancel"] : [...copy, "cancel"];
    case "failed":
      // Refused because it is somebody else's now: his words may still help the new owner.
      return send.reason.code === "not_your_dialog"
        ? [...note, "again", ...copy, "cancel"]
        : ["again", ...edit, ...copy, "cancel"];
    case "not_taken":
      return [...(send.why.file === "lost" ? [] : (["again", ...edit] as const)), ...copy, "cancel"];
    case "queued":
    case "uploading":
    case "waiting":
      return [...edit, "cancel"];
    case "sending":
    case "sent":
    case "delivered":
    case "read":
      return [];
  }
}

/** The newest message of a thread that may be taken back. */
export function lastEditable(entries: readonly Entry[]): ThreadItem | null {
  for (let i = entries.length - 1; i >= 0; i -= 1) {
    const entry = entries[i];
    if (entry?.what !== "message") continue;
    if (mayEdit(entry.item)) return entry.item;
    // Unsent ones stand at the end: above a numbered one there is none.
    if (entry.item.seq !== null) return null;
  }
  return null;
}

/** The newest message of one's own whose words the hub has and can still change. */
export function lastSent(entries: readonly Entry[]): ThreadItem | null {
  const entry = entries.findLast(
    (one) =>
      one.what === "message" &&
      one.item.mine &&
      one.item.seq !== null &&
      (one.item.kind === "text" || one.item.kind === "note") &&
      one.item.details.deleted_at === undefined,
  );
  return entry?.what === "message" ? entry.item : null;
}
