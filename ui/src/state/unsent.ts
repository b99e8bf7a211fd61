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
      return item.send.reason.why === "too_old";
    case "failed":
      return item.send.reason.code !== "not_your_dialog";
    case "sending":
    case "sent":
    case "delivered":
    case "read":
      return false;
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
