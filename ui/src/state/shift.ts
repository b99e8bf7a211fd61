/** What the hub tells of an operator's work, carried on to now. Pure. */
import type { Operator, Stamp } from "../backend/types";

/** How long he has been on duty since his work began, in seconds; nothing, if it has not begun. `now`: the hub's. */
export function workedSeconds(me: Operator, now: Stamp): number | null {
  const shift = me.day?.shift ?? null;
  if (me.day == null || shift === null || shift.since === 0) return null;
  const running = me.status === "offline" ? 0 : Math.max(0, now - me.day.since);
  return (shift.worked_ms + running) / 1_000;
}
