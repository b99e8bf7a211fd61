import { describe, expect, test } from "vitest";
import type { Gap, ThreadItem, ThreadPage } from "../../src/backend/types";
import { entriesOf } from "../../src/state/entries";
import { Items } from "../../src/state/items";

const NOON = new Date(2026, 10, 20, 12).getTime();

function item(seq: number | null, change: Partial<ThreadItem> = {}): ThreadItem {
  return {
    key: `k${seq ?? change.order}`,
    seq,
    order: seq === null ? 1 : null,
    kind: "text",
    author: { by: "customer" },
    mine: false,
    text: `message ${seq}`,
    at: NOON + (seq ?? 900) * 1_000,
    details: {},
    send: null,
    client_id: null,
    rev: 1,
    ...change,
  };
}

function page(items: ThreadItem[], gaps: Gap[] = []): ThreadPage {
  return { dialog: "d", items, gaps, older: false, newer: false };
}

const numbers = (items: Items) => items.list.map((one) => one.seq ?? `u${one.order}`).join(" ");

describe("items of a thread", () => {
  test("older pages go in front, unsent ones stay last", () => {
    const items = new Items();
    items.addPage(page([item(5), item(6), item(null, { order: 2 }), item(null, { order: 1 })]));
    items.addPage(page([item(3), item(4)]));
    expect(numbers(items)).toBe("3 4 5 6 u1 u2");
    expect([items.first, items.last]).toEqual([3, 6]);
  });

  test("an own message keeps its key from Enter to read and moves to its number", () => {
    const items = new Items();
    items.addPage(page([item(1)]));
    items.addLive([item(null, { key: "mine", order: 7, rev: 2 })]);
    items.addLive([item(3, { key: "other", rev: 3 })]);
    items.addLive([item(2, { key: "mine", rev: 4 })]);
    expect(items.list.map((one) => one.key)).toEqual(["k1", "mine", "other"]);
    items.addLive([item(null, { key: "mine", order: 7, rev: 2 })]);
    expect(items.get("mine")?.seq).toBe(2);
  });

  test("a number that skips some leaves a gap, which closes as they come", () => {
    const items = new Items();
    items.addPage(page([item(1), item(2)]));
    items.addLive([item(6)]);
    expect(items.gaps).toEqual([{ from: 3, to: 5 }]);
    items.addLive([item(4)]);
    expect(items.gaps).toEqual([
      { from: 3, to: 3 },
      { from: 5, to: 5 },
    ]);
    items.addPage(page([item(3), item(4), item(5)]));
    expect(items.gaps).toEqual([]);
  });

  test("a page's word about what is missing replaces what was known within its reach", () => {
    const items = new Items();
    items.addPage(page([item(20)], [{ from: 11, to: 19 }]));
    items.addPage(page([item(14), item(15)], [{ from: 11, to: 13 }]));
    expect(items.gaps).toEqual([
      { from: 11, to: 13 },
      { from: 16, to: 19 },
    ]);
  });

  test("a gap of four thousand million messages costs nothing", () => {
    const items = new Items();
    items.addPage(page([item(4_294_967_295)], [{ from: 1, to: 4_294_967_294 }]));
    items.addLive([item(7)]);
    expect(items.gaps).toHaveLength(2);
  });
});

describe("lines of a thread", () => {
  const whats = (entries: ReturnType<typeof entriesOf>) => entries.map((entry) => entry.what).join(" ");

  test("days, gaps, the mark of what is new and the typing bubble stand where they belong", () => {
    const yesterday = item(1, { at: NOON - 86_400_000 });
    const entries = entriesOf({
      items: [yesterday, item(5), item(6, { kind: "system", text: "closed" }), item(null, { mine: true })],
      gaps: [{ from: 2, to: 4 }],
      older: true,
      unreadAfter: 4,
      typing: "…",
    });
    expect(whats(entries)).toBe("older day message gap day unread message line message typing");
    expect(new Set(entries.map((entry) => entry.key)).size).toBe(entries.length);
  });

  test("messages of one author close in time stand together", () => {
    const entries = entriesOf({
      items: [item(1), item(2), item(3, { mine: true, author: { by: "operator", id: "o", name: "Вера" } })],
      gaps: [],
      older: false,
      unreadAfter: 0,
      typing: null,
    });
    const groups = entries.flatMap((entry) => (entry.what === "message" ? [[entry.first, entry.last]] : []));
    expect(groups).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });
});
