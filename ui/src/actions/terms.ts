/** For how long something is put off, as the operator says it. The moment itself is reckoned by the engine. Pure. */
import type { Stamp, Term as Lasting } from "../backend/types";

export const TERMS = ["quarter", "hour", "evening", "morning", "reply"] as const;
export type Term = (typeof TERMS)[number];

const MINUTE_MS = 60_000;
const EVENING = 18;
const MORNING = 9;

/** What the engine is told at a moment of the hub's clock. */
export function lasting(term: Term, now: Stamp): Lasting {
  switch (term) {
    case "quarter":
      return { lasts: "minutes", minutes: 15 };
    case "hour":
      return { lasts: "minutes", minutes: 60 };
    case "evening":
      return atHour(EVENING, new Date(now).getHours() >= EVENING, now);
    case "morning":
      return atHour(MORNING, true, now);
    case "reply":
      return { lasts: "ever" };
  }
}

function atHour(hour: number, tomorrow: boolean, now: Stamp): Lasting {
  // Where the operator's clock stands then: it may be put forward or back in between.
  return { lasts: "hour", hour, tomorrow, east_min: -at(hour, tomorrow, now).getTimezoneOffset() };
}

function at(hour: number, tomorrow: boolean, now: Stamp): Date {
  const then = new Date(now);
  then.setDate(then.getDate() + (tomorrow ? 1 : 0));
  then.setHours(hour, 0, 0, 0);
  return then;
}

/** The time that will be shown as the end; `null` for none. Only for the eye. */
export function shownEnd(term: Term, now: Stamp): Stamp | null {
  const lasts = lasting(term, now);
  switch (lasts.lasts) {
    case "ever":
      return null;
    case "minutes":
      return now + lasts.minutes * MINUTE_MS;
    case "hour":
      return at(lasts.hour, lasts.tomorrow, now).getTime();
  }
}
