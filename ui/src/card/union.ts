/** Two cards side by side: what each of them says, what of it differs, and what is to stay. Pure. */
import type { Customer, DialogRow, Side, Union } from "../backend/types";
import { valuesOf } from "./edits";

/** A field that can have one value only. */
export type FieldKey = "name" | "phone" | "email" | "comment";

export const FIELD_KEYS: readonly FieldKey[] = ["name", "phone", "email", "comment"];

/** One line of the two cards. */
export interface Compared {
  key: FieldKey | "tags" | "variable";
  /** Of a value by name. */
  name: string;
  this: string;
  other: string;
  /** Both say something, and not the same: one has to be chosen. */
  differs: boolean;
  /** Both can stand. */
  joins: boolean;
}

/** What stays of what differs: of the fields and of the values by name. */
export type Sides = Readonly<Record<string, Side>>;

/** All lines of two cards in which at least one says something. */
export function compare(row: DialogRow, other: Customer): Compared[] {
  const mine = valuesOf(row);
  const theirs: Record<FieldKey, string> = {
    name: other.named ? other.name : "",
    phone: other.phone ?? "",
    email: other.email ?? "",
    comment: other.particulars?.comment ?? "",
  };
  const fields = FIELD_KEYS.map((key) => lineOf(key, "", mine[key], theirs[key]));
  const tags = lineOf("tags", "", mine.tags, (other.particulars?.tags ?? []).join(", "));
  const [values, others] = [row.particulars.variables, other.particulars?.variables ?? {}];
  const names = [...new Set([...Object.keys(values), ...Object.keys(others)])].sort();
  const variables = names.map((name) => lineOf("variable", name, values[name] ?? "", others[name] ?? ""));
  return [...fields, { ...tags, differs: false }, ...variables].filter(
    (line) => line.this !== "" || line.other !== "",
  );
}

function lineOf(key: Compared["key"], name: string, mine: string, theirs: string): Compared {
  const differs = mine !== "" && theirs !== "" && mine !== theirs;
  return { key, name, this: mine, other: theirs, differs, joins: key === "comment" };
}

/** Under what a line's choice is kept. */
export function idOf(line: Compared): string {
  return `${line.key} ${line.name}`;
}

/** What was chosen, as the hub is told. */
export function unionOf(lines: readonly Compared[], sides: Sides): Union {
  const of = (key: FieldKey): Side => sides[`${key} `] ?? "this";
  const named = lines.filter((line) => line.key === "variable" && line.differs);
  return {
    name: of("name"),
    email: of("email"),
    phone: of("phone"),
    comment: of("comment"),
    variables: Object.fromEntries(named.map((line) => [line.name, sides[idOf(line)] ?? "this"])),
  };
}

/** What will stand there. */
export function resultOf(line: Compared, side: Side): string {
  if (line.key === "tags") {
    const all = `${line.this},${line.other}`.split(",").map((tag) => tag.trim());
    return [...new Set(all.filter((tag) => tag !== ""))].sort().join(", ");
  }
  if (!line.differs) return line.this === "" ? line.other : line.this;
  if (side === "both") return `${line.this}\n${line.other}`;
  return side === "other" ? line.other : line.this;
}
