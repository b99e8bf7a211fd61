/** Which rows of a section are listed, and in what order. Pure: the time now is given. */
import type { DialogRow, SavedView, Section, Stamp } from "../backend/types";
import { SECTIONS } from "./sections";
import { LATE_S } from "./urgency";

/** What a row can be chosen by, apart from its channel. */
export const MARKS = [
  "unanswered",
  "overdue",
  "unread",
  "draft",
  "unsent",
  "offered",
  "bot",
  "hold",
  "suspicious",
] as const;
export type Mark = (typeof MARKS)[number];

export const SORTS = ["usual", "longest", "newest", "name"] as const;
/** `usual` is the section's own order. */
export type Sort = (typeof SORTS)[number];

/** What a row is listed by beside its marks: one of each kind that is named; a kind of which none is named means any. */
export const KINDS = ["channels", "departments", "categories", "tags"] as const;
export type Kind = (typeof KINDS)[number];

/** A row is listed if it bears every mark, and for each kind one of the values named. */
export interface Filter extends Record<Kind, readonly string[]> {
  marks: readonly Mark[];
}

export const NO_FILTER: Filter = { marks: [], channels: [], departments: [], categories: [], tags: [] };

export function isEmpty(filter: Filter): boolean {
  return filter.marks.length === 0 && KINDS.every((kind) => filter[kind].length === 0);
}

export function matches(row: DialogRow, filter: Filter, now: Stamp): boolean {
  for (const kind of KINDS) {
    const named = filter[kind];
    if (named.length > 0 && !valuesIn(row, kind).some((value) => named.includes(value))) return false;
  }
  return filter.marks.every((mark) => bears(row, mark, now));
}

/** What a row has of a kind. */
export function valuesIn(row: DialogRow, kind: Kind): readonly string[] {
  switch (kind) {
    case "channels":
      return [row.channel];
    case "departments":
      return row.department === null ? [] : [row.department];
    case "categories":
      return row.category === null ? [] : [row.category];
    case "tags":
      // Whether the dialog or its customer bears it: it is looked for in both.
      return [...row.tags, ...row.particulars.tags];
  }
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
    case "offered":
    case "bot":
    case "hold":
      return row.state === mark;
    case "suspicious":
      return row.suspicious;
  }
}

/** `list` in the order asked for. Equal ones, and customers without a name, keep the order they had. */
export function sorted(list: readonly DialogRow[], sort: Sort, names: Intl.Collator): readonly DialogRow[] {
  switch (sort) {
    case "usual":
      return list;
    case "longest":
      return list.toSorted(
        (a, b) =>
          // Whoever nobody is called for stands behind all others, however long he waits.
          Number(a.suspicious) - Number(b.suspicious) ||
          (a.waiting_since ?? Infinity) - (b.waiting_since ?? Infinity) ||
          0,
      );
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
      filter: {
        marks: MARKS.filter((mark) => view.marks.includes(mark)),
        channels: view.channels,
        departments: view.departments,
        categories: view.categories,
        tags: view.tags,
      },
      sort: SORTS.find((one) => one === view.sort) ?? "usual",
    }));
}

/** The same as the engine keeps it. */
export function savedView({ name, section, filter, sort }: View): SavedView {
  const { marks, channels, departments, categories, tags } = filter;
  const kinds = {
    channels: [...channels],
    departments: [...departments],
    categories: [...categories],
    tags: [...tags],
  };
  return { name, section, marks: [...marks], ...kinds, sort };
}
