/**
 * What the engine in memory reads: pages of threads, missing history, search hits, and links after
 * inspection. Rougher than the engine's own.
 */
import type {
  Alike,
  Answer,
  LinkCheck,
  MessageSearch,
  Query,
  SearchHit,
  SearchOrder,
  StagedFile,
  ThreadPage,
} from "../types";
import { inOtherLayout } from "../../keys/layout";
import type { FakeDesk, FakeDialog } from "./desk";

/** Letters around a hit. */
const AROUND = 60;

export function searchHits(
  dialogs: readonly FakeDialog[],
  search: MessageSearch,
  limit: number,
): { hits: SearchHit[]; more: boolean } {
  const wanted = search.words.trim().toLowerCase();
  const hits: SearchHit[] = [];
  for (const dialog of wanted === "" ? [] : dialogs) {
    if (search.customer != null && !called(dialog, search.customer)) continue;
    for (const item of dialog.items) {
      const at = item.text.toLowerCase().indexOf(wanted);
      if (at === -1 || item.seq === null || item.kind === "system") continue;
      const end = at + wanted.length;
      hits.push({
        dialog: dialog.id,
        number: dialog.number,
        name: dialog.name,
        customer_number: dialog.customer,
        seq: item.seq,
        author: item.author,
        at: item.at,
        pieces: [
          item.text.slice(Math.max(0, at - AROUND), at),
          item.text.slice(at, end),
          item.text.slice(end, end + AROUND),
        ],
      });
    }
  }
  hits.sort((a, b) => b.at - a.at);
  return { hits: hits.slice(0, limit), more: hits.length > limit };
}

/** What the engine answers: in this order, and with what may have been meant. */
function found(
  dialogs: readonly FakeDialog[],
  search: MessageSearch,
  order: SearchOrder,
  limit: number,
): { hits: SearchHit[]; more: boolean; alike: Alike | null } {
  const arranged = (words: string) => {
    const { hits, more } = searchHits(dialogs, { ...search, words }, limit);
    const length = (hit: SearchHit) => hit.pieces.join("").length;
    return { hits: order === "best" ? hits.toSorted((a, b) => length(a) - length(b)) : hits, more };
  };
  const here = arranged(search.words);
  const meant = inOtherLayout(search.words.trim());
  const like = here.hits.length === 0 ? arranged(meant) : { hits: [], more: false };
  const slips = [{ typed: search.words.trim(), meant }];
  return { ...here, alike: like.hits.length === 0 ? null : { slips, words: meant, ...like } };
}

function called(dialog: FakeDialog, wanted: string): boolean {
  const name = dialog.name?.toLowerCase() ?? "";
  return String(dialog.customer) === wanted || name.includes(wanted.toLowerCase());
}

export function checkLink(url: string): LinkCheck | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  const warnings: string[] = [];
  switch (parsed.protocol) {
    case "mailto:":
    case "tel:":
      return { host: parsed.pathname, url, warnings };
    case "https:":
      break;
    case "http:":
      warnings.push("not_encrypted");
      break;
    default:
      return null;
  }
  if (parsed.username !== "") warnings.push("userinfo");
  if (parsed.hostname.includes("xn--")) warnings.push("mixed_scripts");
  return { host: parsed.host, url: parsed.href, warnings };
}

export function pageBefore(dialog: FakeDialog, before: number | null, limit: number): ThreadPage {
  const numbered = dialog.items.filter((item) => item.seq !== null && (before === null || item.seq < before));
  const items = numbered.slice(-limit);
  const from = items[0]?.seq ?? 1;
  const gaps = dialog.gaps.filter((gap) => gap.to >= from - 1 && (before === null || gap.to < before));
  const unsent = before === null ? dialog.items.filter((item) => item.seq === null) : [];
  const older = numbered.length > items.length;
  return { dialog: dialog.id, items: [...items, ...unsent], gaps, older, newer: before !== null };
}

export function pageAround(dialog: FakeDialog, seq: number, limit: number): ThreadPage {
  const numbered = dialog.items.filter((item) => item.seq !== null);
  const place = Math.max(
    0,
    numbered.findIndex((item) => item.seq !== null && item.seq >= seq),
  );
  const start = Math.max(0, place - Math.floor(limit / 2));
  const items = numbered.slice(start, start + limit);
  const newer = start + limit < numbered.length;
  const unsent = newer ? [] : dialog.items.filter((item) => item.seq === null);
  const [from, to] = [items[0]?.seq ?? 1, items.at(-1)?.seq ?? 1];
  const gaps = dialog.gaps.filter((gap) => gap.from >= from && gap.to <= to);
  return { dialog: dialog.id, items: [...items, ...unsent], gaps, older: start > 0, newer };
}

/** Writes the messages that a dialog lacks between two numbers, both included. */
export function fillGap(desk: FakeDesk, dialog: FakeDialog, from: number, to: number): void {
  const wanted = dialog.gaps.filter((gap) => gap.from <= to && gap.to >= from);
  for (const gap of wanted) {
    for (let seq = gap.from; seq <= gap.to; seq += 1) {
      const item = desk.put(dialog, "text", { by: "customer" }, `Сообщение ${seq}`);
      dialog.items.pop();
      dialog.items.push({ ...item, seq, key: `${dialog.id}-${seq}` });
    }
  }
  dialog.gaps = dialog.gaps.filter((gap) => !wanted.includes(gap));
  dialog.items.sort((a, b) => (a.seq ?? Infinity) - (b.seq ?? Infinity));
}

/** What reading needs of the engine in memory. */
export interface Shelves {
  readonly desk: { dialogs: ReadonlyMap<string, FakeDialog> };
  readonly files: { of(id: string): StagedFile[] };
  dialog(id: string): FakeDialog;
}

/** What a query is answered with. */
export function answerOf(fake: Shelves, query: Query): Answer {
  switch (query.get) {
    case "thread":
      return { answer: "thread", page: pageBefore(fake.dialog(query.dialog), query.before, query.limit) };
    case "around":
      return { answer: "thread", page: pageAround(fake.dialog(query.dialog), query.seq, query.limit) };
    case "search":
      return {
        answer: "hits",
        ...found([...fake.desk.dialogs.values()], query.search, query.order, query.limit),
      };
    case "draft":
      return { answer: "draft", ...fake.dialog(query.dialog).draft, files: fake.files.of(query.dialog) };
  }
}
