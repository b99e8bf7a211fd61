/** Days as a field of the page has them: `2026-12-02`, by the local calendar. */
import type { Stamp } from "../backend/types";

/** The day of a moment. */
export function dayOf(at: Stamp): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  const year = String(date.getFullYear()).padStart(4, "0");
  return `${year}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Midnight of a day; `null` if there is none such. */
export function startOf(day: string): Stamp | null {
  const [, year, month, date] = (/^(\d{4,6})-(\d\d)-(\d\d)$/.exec(day) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  // A year that is being typed begins with noughts: the constructor would take it for one of the last century.
  const at = new Date(0);
  at.setFullYear(year, month - 1, date);
  at.setHours(0, 0, 0, 0);
  return at.getMonth() === month - 1 && at.getDate() === date ? at.getTime() : null;
}
