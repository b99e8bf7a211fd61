/** What follows from the engine's store in memory: sums, terms, one's own day. Pure. */
import type { Counts, Day, DialogRow, Section, SetBy, Term } from "../types";

/** The sums over all rows, by their definition. */
export function countsOf(rows: readonly DialogRow[], hidden: { online: number; offline: number }): Counts {
  const of = (section: Section) => rows.filter((row) => row.section === section);
  const mine = of("mine");
  const suspicious = (section: Section) => of(section).filter((row) => row.suspicious).length;
  const waiting = of("waiting").length;
  const waiting_suspicious = suspicious("waiting");
  const mine_unread = mine.filter((row) => row.unread > 0).length;
  return {
    waiting,
    waiting_suspicious,
    mine: mine.length,
    mine_unread,
    queue: of("queue").length,
    queue_suspicious: suspicious("queue"),
    offline_requests: of("offline_requests").length,
    open: rows.length - of("all").length,
    all: rows.length,
    hidden: hidden.online,
    hidden_offline: hidden.offline,
    unsent: rows.reduce((sum, row) => sum + row.unsent, 0),
    badge: waiting - waiting_suspicious + mine_unread,
  };
}

/** When something ends that begins now. The operator's own hour is the page's. */
export function endOf(term: Term, now: number): number | null {
  switch (term.lasts) {
    case "ever":
      return null;
    case "minutes":
      return now + term.minutes * 60_000;
    case "hour":
      return new Date(now + (term.tomorrow ? 86_400_000 : 0)).setHours(term.hour, 0, 0, 0);
  }
}

export function dayOf(code: string, since: number, set_by: SetBy): Day {
  const load = { active: 0, offered: 0, held: 0, weight: 0, most: 0 };
  const shift = { since: since - 13_200_000, worked_ms: 13_200_000, closed: 4, missed: 1 };
  return { code, since, set_by, departments: [], load, shift };
}
