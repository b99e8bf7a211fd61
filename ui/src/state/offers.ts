/** What is offered to the operator, in the order in which it has to be decided. Pure. */
import type { DialogRow, Section, Stamp } from "../backend/types";

/** Whether the engine says that this is offered to oneself. */
export function isOffer(row: Pick<DialogRow, "state" | "section">): boolean {
  return row.section === "waiting" && row.state === "offered";
}

/** Offers among the rows that wait: whose time ends first stands first, those without an end last. */
export function offersIn(waiting: readonly DialogRow[]): DialogRow[] {
  return waiting
    .filter(isOffer)
    .toSorted((a, b) => (a.offer_until ?? Infinity) - (b.offer_until ?? Infinity) || 0 || a.sort - b.sort);
}

/** Whole seconds until then, none below zero. */
export function secondsLeft(until: Stamp, now: Stamp): number {
  return Math.max(0, Math.ceil((until - now) / 1_000));
}

/** From here on an offer is about to end, seconds. */
export const SOON_OVER_S = 20;

/**
 * Whom to accept next: what is offered ends first, then whoever waits longest, and last those who have left. Nobody is
 * called for a suspicious one: whoever wants it opens it.
 */
export function nextToAccept(
  offers: readonly DialogRow[],
  listed: (section: Section) => readonly DialogRow[],
): DialogRow | undefined {
  const free = (row: DialogRow) => row.can.accept === null && !row.suspicious;
  const [offer] = offers.filter(free);
  if (offer !== undefined) return offer;
  const [waiting, queue] = [listed("waiting").find(free), listed("queue").find(free)];
  const first = waiting === undefined || queue === undefined || waiting.sort <= queue.sort ? waiting : queue;
  return first ?? queue ?? listed("offline_requests").find(free);
}
