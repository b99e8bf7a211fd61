/** What was put right in a card and is not on the hub yet, over what the row says. Pure. */
import type { CardEdit, CustomerEdit, DialogRow } from "../backend/types";

/** What of a card is edited in place. */
export const FIELDS = ["name", "phone", "email", "comment", "tags"] as const;
export type CardKey = (typeof FIELDS)[number];

/** A card's values as texts; tags between commas. */
export type Values = Record<CardKey, string>;

export function valuesOf(row: DialogRow): Values {
  const known = row.particulars;
  const values: Values = {
    name: row.name ?? "",
    phone: row.phone ?? "",
    email: row.email ?? "",
    comment: known.comment,
    tags: known.tags.join(", "),
  };
  for (const { edit } of row.card) {
    for (const key of FIELDS) values[key] = textOf(edit, key) ?? values[key];
  }
  return values;
}

/** The values that the site or an operator gave by name, with what was changed here. */
export function variablesOf(row: DialogRow): Record<string, string> {
  const all: Record<string, string> = {};
  const changes = row.card.map(({ edit }) => edit.variables ?? {});
  for (const values of [row.particulars.variables, ...changes]) Object.assign(all, values);
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

/** A change of one field, and what it was made on. */
export function changeOf(key: CardKey, value: string): CustomerEdit {
  return key === "tags" ? { tags: tagsIn(value) } : { [key]: key === "comment" ? value : value.trim() };
}

/** Tags as they are typed, sorted as they are kept. */
export function tagsIn(text: string): string[] {
  const tags = text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return [...new Set(tags)].sort();
}

export function textOf(edit: CustomerEdit, key: CardKey): string | undefined {
  return key === "tags" ? edit.tags?.join(", ") : edit[key];
}

/** The change that was made here last of a field, if one is not on the hub. */
export function editOf(row: DialogRow, key: CardKey): CardEdit | undefined {
  return row.card.findLast(({ edit }) => textOf(edit, key) !== undefined);
}

/** One field that two people changed at the same time. */
export interface Rival {
  key: CardKey | "variable";
  /** Of a value by name. */
  name: string;
  mine: string;
  theirs: string;
}

/** What somebody else wrote in the place of what was written here; nothing if nobody did. */
export function rivalsOf(entry: CardEdit): Rival[] {
  if (entry.send.state !== "failed" || entry.send.reason.code !== "conflict") return [];
  const { now } = entry.send.reason;
  const fields = FIELDS.flatMap((key): Rival[] => {
    const theirs = textOf(now, key);
    return theirs === undefined ? [] : [{ key, name: "", mine: textOf(entry.edit, key) ?? "", theirs }];
  });
  const values = Object.entries(now.variables ?? {}).map(([name, theirs]): Rival => ({
    key: "variable",
    name,
    mine: entry.edit.variables?.[name] ?? "",
    theirs,
  }));
  return [...fields, ...values];
}

/** Both words of a field, where both can stand. */
export function bothOf({ key, mine, theirs }: Rival): string | null {
  if (key === "tags") return tagsIn(`${mine},${theirs}`).join(", ");
  if (key === "comment") return theirs === "" ? mine : mine === "" ? theirs : `${theirs}\n${mine}`;
  return null;
}
