/** Which rows of a section are listed, and in what order. Pure: the time now is given. */
import type { DialogRow, SavedView, Section, Stamp } from "../backend/types";
import { SECTIONS } from "./sections";
import { LATE_S } from "./urgency";

/** What a row can be chosen by, apart from its channel. */
export const MARKS = ["unanswered", "overdue", "unread", "draft", "unsent"] as const;
export type Mark = (typeof MARKS)[number];

export const SORTS = ["usual", "longest", "newest", "name"] as const;
/** `usual` is the section's own order. */
export type Sort = (typeof SORTS)[number];

/** A row is listed if it bears every mark and came over one of the channels; no channel named means any. */
export interface Filter {
  marks: readonly Mark[];
  channels: readonly string[];
}

export const NO_FILTER: Filter = { marks: [], channels: [] };

export function isEmpty(filter: Filter): boolean {
  return filter.marks.length === 0 && filter.channels.length === 0;
}

export function matches(row: DialogRow, filter: Filter, now: Stamp): boolean {
  if (filter.channels.length > 0 && !filter.channels.includes(row.channel)) return false;
  return filter.marks.every((mark) => bears(row, mark, now));
}

function bears(row: DialogRow, mark: Mark, now: Stamp): boolean {
  switch (mark) {
    case "unanswered":
      return row.waiting_since !== null;
    case "overdue":
      return row.waiting_since !== null && now - row.waiting_since >= LATE_S * 1_000;
    case "unread":
      return row.unread > 0;
    case "draft":
      return row.draft;
    case "unsent":
      return row.unsent > 0;
  }
}

/** `list` in the order asked for. Equal ones, and customers without a name, keep the order they had. */
export function sorted(list: readonly DialogRow[], sort: Sort, names: Intl.Collator): readonly DialogRow[] {
  switch (sort) {
    case "usual":
      return list;
    case "longest":
      return list.toSorted((a, b) => (a.waiting_since ?? Infinity) - (b.waiting_since ?? Infinity) || 0);
    case "newest":
      return list.toSorted((a, b) => b.active_at - a.active_at);
    case "name":
      return list.toSorted((a, b) => byName(a.name, b.name, names));
  }
}

function byName(a: string | null, b: string | null, names: Intl.Collator): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return names.compare(a, b);
}

/** Turns one choice on or off. */
export function toggled<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

/** A list as the operator likes it, under his own name for it. */
export interface View {
  name: string;
  section: Section;
  filter: Filter;
  sort: Sort;
}

/** Reads what was kept; what this page does not know is left out. */
export function readViews(kept: readonly SavedView[]): View[] {
  return kept
    .filter((view) => view.name.trim() !== "")
    .map((view) => ({
      name: view.name,
      section: SECTIONS.find((one) => one === view.section) ?? "all",
      filter: { marks: MARKS.filter((mark) => view.marks.includes(mark)), channels: view.channels },
      sort: SORTS.find((one) => one === view.sort) ?? "usual",
    }));
}

/** The same as the engine keeps it. */
export function savedView({ name, section, filter, sort }: View): SavedView {
  return { name, section, marks: [...filter.marks], channels: [...filter.channels], sort };
}
