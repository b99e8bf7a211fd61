/** The sections of the list, in the order of their tabs, and what each lists. Pure. */
import type { Counts, DialogId, DialogRow, Section } from "../backend/types";

export const SECTIONS = [
  "waiting",
  "mine",
  "queue",
  "offline_requests",
  "open",
  "all",
] as const satisfies readonly Section[];

/** The sections of a centre: without offers nobody needs a queue beside those who wait. */
export function sectionsOf(offers: boolean): readonly Section[] {
  return offers ? SECTIONS : SECTIONS.filter((section) => section !== "queue");
}

/** Whether a row is listed there. */
export function lists(section: Section, row: Pick<DialogRow, "section">): boolean {
  if (section === "open") return row.section !== "all";
  return section === "all" || row.section === section;
}

/** Somebody has to take what stands there. */
export function isUntaken(section: Section): boolean {
  return section === "waiting" || section === "queue" || section === "offline_requests";
}

/** How many dialogs wait there besides and are not shown. */
export function hiddenIn(section: Section, counts: Counts, offers: boolean): number {
  if (section === "offline_requests") return counts.hidden_offline;
  return section === (offers ? "queue" : "waiting") ? counts.hidden : 0;
}

/** The first row with something unread behind this place in a list, over its end and round again; not the open one. */
export function unreadAfter(
  list: readonly DialogRow[],
  place: number,
  open: DialogId | null,
): DialogRow | undefined {
  const round = [...list.slice(place + 1), ...list.slice(0, place + 1)];
  return round.find((row) => row.unread > 0 && row.id !== open);
}
