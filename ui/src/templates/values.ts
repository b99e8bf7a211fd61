/** What the variables of a ready answer stand for in a dialog, and in which of its languages it is said. */
import type { DialogRow, Handbook, Operator } from "../backend/types";
import { lang, tIn, type PlainKey } from "../i18n/i18n.svelte";

/** What is known of every customer, or may be. */
export const VARIABLES = ["customer", "operator", "greeting", "number", "department", "centre"] as const;

/** What a text is written for. */
export interface Occasion {
  row: DialogRow;
  me: Operator | null;
  /** The centre's name. */
  centre: string;
  handbook: Handbook;
  /** 0 to 23, on the operator's clock. */
  hour: number;
}

/** A text in one of its languages. */
export interface InLanguage {
  language: string;
  text: string;
}

/** The text in the customer's language, else in the interface's, else in any. */
export function inLanguage(
  texts: Readonly<Record<string, string>>,
  customer: string | null,
): InLanguage | null {
  const all = Object.entries(texts);
  const exactly = (tag: string) => all.find(([language]) => language.toLowerCase() === tag.toLowerCase());
  const nearly = (tag: string) => all.find(([language]) => primary(language) === primary(tag));
  const found =
    (customer === null ? undefined : (exactly(customer) ?? nearly(customer))) ?? nearly(lang()) ?? all[0];
  return found === undefined ? null : { language: found[0], text: found[1] };
}

/** Of what is empty nothing is known. The centre's own words go first: a site cannot put others into their place. */
export function valuesOf(occasion: Occasion, language: string): ReadonlyMap<string, string> {
  const { row, me, centre, handbook, hour } = occasion;
  const department = handbook.departments.find((one) => one.key === row.department);
  const known: [string, string | null | undefined][] = [
    ["customer", row.name],
    ["operator", me?.name],
    ["greeting", greeting(language, hour)],
    ["number", row.number > 0 ? `${row.number}` : null],
    ["department", department === undefined ? null : inLanguage(department.names, language)?.text],
    ["centre", centre],
    ...Object.entries(row.particulars.variables ?? {}),
  ];
  const values = new Map<string, string>();
  for (const [name, value] of known) {
    if (typeof value === "string" && value.trim() !== "" && !values.has(name)) values.set(name, value);
  }
  return values;
}

/** What one says to a person at this hour; in Russian, or in English. */
function greeting(language: string, hour: number): string {
  const key: PlainKey =
    hour >= 5 && hour < 12
      ? "greeting.morning"
      : hour >= 12 && hour < 17
        ? "greeting.day"
        : hour >= 17 && hour < 23
          ? "greeting.evening"
          : "greeting.night";
  return tIn(primary(language) === "ru" ? "ru" : "en", key);
}

function primary(tag: string): string {
  return (tag.split(/[-_]/u)[0] ?? tag).toLowerCase();
}
