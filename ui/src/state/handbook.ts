/** What the centre keeps ready, in the interface's language. Pure but for the language. */
import type { CategoryEntry, DialogRow, Handbook, Operator, SetBy } from "../backend/types";
import { lang, t } from "../i18n/i18n.svelte";
import { plainName } from "../text/chars";
import type { Kind } from "./filter";

export const NO_HANDBOOK: Handbook = {
  digest: "",
  departments: [],
  teams: [],
  bots: [],
  statuses: [],
  categories: [],
  offers: false,
  category_required: false,
  category_required_in: {},
  asks_status: false,
  teleport: [],
  channels: [],
  leaving: {},
  templates: [],
};

/** Words in the interface's language, else in any; the key if there are none. */
export function named(words: Readonly<Record<string, string>>, key: string): string {
  return words[lang()] ?? Object.values(words)[0] ?? key;
}

/** The whole path of a category: a key's parts stand between slashes, each with a name of its own if it has one. */
export function categoryName(categories: readonly CategoryEntry[], key: string): string {
  const parts = key.split("/");
  const names = parts.map((part, place) => {
    const above = parts.slice(0, place + 1).join("/");
    const entry = categories.find((category) => category.key === above);
    return entry === undefined ? part : named(entry.names, part);
  });
  return names.join(" / ");
}

/** Whether a category has to be chosen before this dialog is closed: its department may say so itself. */
export function wantsCategory(handbook: Handbook, row: DialogRow): boolean {
  const own = row.department === null ? undefined : handbook.category_required_in?.[row.department];
  return own ?? handbook.category_required;
}

/** Colleagues to whom a dialog can be offered, those who can take it first. */
export function colleagues(operators: readonly Operator[], me: string | undefined): Operator[] {
  const others = operators.filter((operator) => operator.id !== me);
  return others.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function rank(operator: Operator): number {
  if (operator.status !== "online") return 2;
  return isFull(operator) ? 1 : 0;
}

/** Carries as much as may be; `false` if that may not be known. */
export function isFull(operator: Operator): boolean {
  const load = operator.day?.load;
  return load !== undefined && load.most > 0 && load.weight >= load.most;
}

/** What an operator's present status is called. */
export function statusName(operator: Operator, handbook: Handbook): string {
  const entry = handbook.statuses.find((status) => status.key === operator.day?.code);
  return entry === undefined ? t(`status.${operator.status}`) : plainName(named(entry.names, entry.key));
}

/** Who or what set it, if it was not oneself. */
export function setByWords(set: SetBy, operators: readonly Operator[]): string | null {
  switch (set.by) {
    case "operator": {
      const who = operators.find((operator) => operator.id === set.id);
      return who === undefined
        ? t("status.set.operator.unknown")
        : t("status.set.operator", { name: plainName(who.name) });
    }
    case "login":
    case "logout":
    case "idle":
    case "schedule":
    case "session_lost":
      return t(`status.set.${set.by}`);
    case "himself":
    case "hub":
    case "unknown":
      return null;
  }
}

/** What a department is called; its key, if the centre has it no more. */
export function departmentName(handbook: Handbook, key: string): string {
  const entry = handbook.departments.find((department) => department.key === key);
  return entry === undefined ? key : named(entry.names, key);
}

/** How a value is called by which rows are listed. */
export function valueName(handbook: Handbook, kind: Kind, value: string): string {
  switch (kind) {
    case "departments":
      return departmentName(handbook, value);
    case "categories":
      return categoryName(handbook.categories, value);
    case "channels":
    case "tags":
      return value;
  }
}
