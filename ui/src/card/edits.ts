/** What of a card is put right in its place. Pure. */
import type { CustomerEdit, DialogRow } from "../backend/types";

export const FIELDS = ["name", "phone", "email", "comment", "tags"] as const;
export type CardKey = (typeof FIELDS)[number];

/** A card's values as texts; tags between commas. */
export type Values = Record<CardKey, string>;

export function valuesOf(row: DialogRow): Values {
  const known = row.particulars;
  return {
    name: row.name ?? "",
    phone: row.phone ?? "",
    email: row.email ?? "",
    comment: known.comment,
    tags: known.tags.join(", "),
  };
}

/** A change of one field. */
export function changeOf(key: CardKey, value: string): CustomerEdit {
  return key === "tags" ? { tags: tagsIn(value) } : { [key]: key === "comment" ? value : value.trim() };
}

/** Tags as they are typed, sorted as they are kept. */
function tagsIn(text: string): string[] {
  const tags = text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return [...new Set(tags)].sort();
}
