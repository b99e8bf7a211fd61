/** What was said, as one line: of what is more than words it says what it is. */
import type { DialogRow, MessageKind, Quote, ThreadItem } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import { plainName } from "../text/chars";
import type { Entry } from "./entries";

/** What a form asks for, by the hub's own words, in the order of the form. */
const FIELDS = [
  ["name", "form.name"],
  ["email", "form.email"],
  ["phone", "form.phone"],
] as const;

export function saidLine(kind: MessageKind, text: string): string {
  switch (kind) {
    case "file":
    case "place":
    case "sticker":
      return text === "" ? t(`row.${kind}.bare`) : t(`row.${kind}`, { text });
    case "contacts":
      return contactLine(text);
    case "contact_request":
      return text === "" ? t("message.contact_request") : text;
    case "text":
    case "note":
    case "system":
    case "auto_reply":
    case "keyboard":
    case "unknown":
      return text;
  }
}

/** Whether an answer in its dialog can name it: what is there, and of a kind that the channel can name. */
export function canBeAnswered({ kind, seq, details }: ThreadItem, row: DialogRow): boolean {
  if (seq === null || details.deleted_at !== undefined) return false;
  return row.can.quote === null && row.quotes.includes(kind);
}

const OWN: ReadonlySet<MessageKind> = new Set<MessageKind>(["text", "note", "file"]);

/** Whether the operator wrote it himself, and the hub has it. */
export function isOwn({ mine, kind, seq, details }: ThreadItem): boolean {
  return mine && seq !== null && details.deleted_at === undefined && OWN.has(kind);
}

/** Whether the words of one's own message can be changed. A note never goes through the channel. */
export function canBeReworded(item: ThreadItem, row: DialogRow): boolean {
  const carried = row.rewords || item.kind === "note";
  return isOwn(item) && item.kind !== "file" && row.can.reword === null && carried;
}

/** Whether one's own message can be taken back. */
export function canBeTakenBack(item: ThreadItem, row: DialogRow): boolean {
  return isOwn(item) && row.can.delete === null && (row.takes_back || item.kind === "note");
}

/** As much of a quoted message as is kept with its answer, in characters. */
const EXCERPT = 160;

/** A message, as its answer names it until the hub says it in its own words. */
export function quoteOf({ seq, text, details }: ThreadItem): Quote | null {
  if (seq === null) return null;
  const said = text === "" ? plainName(details.file?.name ?? "") : text;
  return { seq, excerpt: [...said].slice(0, EXCERPT).join("") };
}

/** What a message answers: its words then, and what it is, as far as the thread knows that. */
export function quotedLine({ seq, excerpt }: Quote, entries: readonly Entry[]): string {
  const quoted = entries.find((entry) => entry.what === "message" && entry.item.seq === seq);
  return quoted?.what === "message" ? saidLine(quoted.item.kind, excerpt) : excerpt;
}

/**
 * A filled form, whose lines may have run together. What names no field of the form, or hides its values, stands as it
 * is behind a word for the whole.
 */
function contactLine(text: string): string {
  const parts: { label: string; value: string }[] = [];
  let rest = text;
  for (const [field, label] of FIELDS) {
    const at = beginOf(rest, field);
    if (at === null) continue;
    const before = rest.slice(0, at);
    const last = parts.at(-1);
    if (last !== undefined) last.value = before;
    else if (before.trim() !== "") return whole(text);
    rest = rest.slice(at + field.length + 2);
    parts.push({ label: t(label), value: rest });
  }
  if (parts.length === 0) return whole(text);
  return parts.map(({ label, value }) => `${label}: ${value.trim()}`).join(", ");
}

/** Where the name of a field stands. */
function beginOf(text: string, field: string): number | null {
  const found = new RegExp(`(^|\\s)${field}: `, "u").exec(text);
  return found === null ? null : found.index + (found[1] ?? "").length;
}

function whole(text: string): string {
  return text === "" ? t("row.contacts.bare") : t("row.contacts", { text });
}
