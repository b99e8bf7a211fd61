/** A thread as lines to draw: messages grouped, with days, gaps and marks between them. Pure. */
import type { DialogId, DialogRow, Gap, Stamp, ThreadItem } from "../backend/types";
import { dayNumber } from "../i18n/format";

/** Messages of one author closer than this stand together. */
const TOGETHER_MS = 5 * 60_000;

/** One line of a thread. `key` stays the same as long as the line is the same to the eye. */
export type Entry =
  | { what: "older"; key: "older" }
  | { what: "day"; key: string; at: Stamp }
  | {
      what: "message";
      key: string;
      item: ThreadItem;
      first: boolean;
      last: boolean;
      /** The earlier dialog that it stands in; absent: the one that is open. */
      dialog?: DialogId;
    }
  | { what: "line"; key: string; item: ThreadItem; dialog?: DialogId }
  | { what: "gap"; key: string; gap: Gap; dialog?: DialogId }
  /** An earlier dialog of the same customer can be put above. */
  | { what: "join"; key: string; row: DialogRow }
  /** Here begins another dialog. */
  | { what: "dialog"; key: string; row: DialogRow; open: boolean }
  | { what: "unread"; key: "unread" }
  | { what: "typing"; key: "typing"; text: string };

/** What a thread is drawn from. */
export interface Source {
  items: readonly ThreadItem[];
  gaps: readonly Gap[];
  /** There are older messages to load. */
  older: boolean;
  /** The mark of what is new stands before the first message of others above this number; 0 for none. */
  unreadAfter: number;
  /** The customer's unfinished text. */
  typing: string | null;
}

/** Whether a line may hold the view in place: those that come and go by themselves may not. */
export function isSteady(entry: Entry): boolean {
  return entry.what === "message" || entry.what === "line";
}

export function entriesOf(source: Source): Entry[] {
  const entries: Entry[] = [];
  const gaps = [...source.gaps];
  let day = Number.NaN;
  let marked = source.unreadAfter === 0;
  if (source.older) entries.push({ what: "older", key: "older" });
  source.items.forEach((item, i) => {
    while (gaps[0] !== undefined && (item.seq === null || gaps[0].from < item.seq)) {
      entries.push(gapEntry(gaps.shift() as Gap));
    }
    const today = dayNumber(item.at);
    if (today !== day) {
      day = today;
      entries.push({ what: "day", key: `day:${today}:${item.key}`, at: item.at });
    }
    if (!marked && item.seq !== null && item.seq > source.unreadAfter && !item.mine) {
      marked = true;
      entries.push({ what: "unread", key: "unread" });
    }
    entries.push(lineOf(item, source.items[i - 1], source.items[i + 1]));
  });
  for (const gap of gaps) entries.push(gapEntry(gap));
  if (source.typing !== null) entries.push({ what: "typing", key: "typing", text: source.typing });
  return entries;
}

function gapEntry(gap: Gap): Entry {
  return { what: "gap", key: `gap:${gap.from}:${gap.to}`, gap };
}

function lineOf(item: ThreadItem, before: ThreadItem | undefined, after: ThreadItem | undefined): Entry {
  if (item.kind === "system" || item.kind === "unknown") return { what: "line", key: item.key, item };
  return {
    what: "message",
    key: item.key,
    item,
    first: before === undefined || !together(before, item),
    last: after === undefined || !together(item, after),
  };
}

function together(a: ThreadItem, b: ThreadItem): boolean {
  return (
    a.kind === b.kind &&
    a.kind !== "system" &&
    sameAuthor(a, b) &&
    b.at - a.at < TOGETHER_MS &&
    dayNumber(a.at) === dayNumber(b.at)
  );
}

function sameAuthor(a: ThreadItem, b: ThreadItem): boolean {
  if (a.author.by === "operator" && b.author.by === "operator") return a.author.id === b.author.id;
  return a.author.by === b.author.by;
}
