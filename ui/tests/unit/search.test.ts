import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Backend } from "../../src/backend/backend";
import type { Alike, SearchHit } from "../../src/backend/types";
import { FakeDesk } from "../../src/backend/fake/desk";
import type { Names } from "../../src/state/query";
import { Search } from "../../src/state/search.svelte";

const hit = (seq: number): SearchHit => ({
  dialog: "d",
  number: 1,
  name: "Мария",
  customer_number: 1,
  seq,
  author: { by: "customer" },
  at: seq,
  pieces: ["", "заказ", ""],
});

let here: SearchHit[];
let there: SearchHit[];
let alike: Alike | null;
let asked: string[];

const backend = {
  query: ({ query }: { query: { order: string; search: { words: string } } }) => {
    asked.push(`${query.order} ${query.search.words}`);
    return Promise.resolve({ kind: "session", answer: { answer: "hits", hits: here, more: false, alike } });
  },
  command: () =>
    Promise.resolve({
      message: null,
      text: null,
      found: { found: "messages", hits: there, before: null },
    }),
} as unknown as Backend;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  [here, there, alike, asked] = [[], [], null, []];
});

afterEach(() => {
  vi.useRealTimers();
});

const called = {
  channel: () => undefined,
  operator: (id: string) => (id === "o" ? "Олег Громов" : undefined),
};

async function look(text: string, search = new Search(backend, () => true), names?: Names): Promise<Search> {
  search.text = text;
  search.ask(text, names);
  await vi.advanceTimersByTimeAsync(1_000);
  return search;
}

const seqs = (hits: readonly SearchHit[] | undefined) => hits?.map(({ seq }) => seq);

test("newest first: what the hub has stands among what is here", async () => {
  [here, there] = [
    [hit(9), hit(5)],
    [hit(7), hit(5), hit(1)],
  ];
  const search = await look("заказ");
  expect([seqs(search.hits), seqs(search.far)]).toEqual([[9, 7, 5, 1], []]);
});

test("best match: what is here keeps its order, what only the hub has stands below", async () => {
  const search = await look("заказ");
  [here, there] = [
    [hit(5), hit(9)],
    [hit(7), hit(5)],
  ];
  await search.arrange("best");
  expect(seqs(search.hits)).toEqual([5, 9]);
  await look("заказы", search);
  expect([seqs(search.hits), seqs(search.far)]).toEqual([[5, 9], [7]]);
  expect(asked).toEqual(["newest заказ", "best заказ", "best заказы"]);
  // The next window begins with what was chosen.
  expect(new Search(backend).order).toBe("best");
});

test("what may have been meant stands apart, and goes into the field with the conditions kept", async () => {
  alike = {
    slips: [{ typed: "Зкааз", meant: "заказ" }],
    words: "заказ чек",
    hits: [hit(3), hit(2)],
    more: false,
  };
  there = [hit(3)];
  const search = await look("Зкааз чек since:2026-11-01");
  expect([seqs(search.hits), seqs(search.alike?.hits)]).toEqual([[3], [2]]);
  expect(search.meant()).toBe("заказ чек since:2026-11-01");
  alike = null;
  await look("заказ чек", search);
  expect(search.alike).toBeNull();
});

test("an answer in the order before is dropped", async () => {
  const search = await look("заказ");
  here = [hit(1)];
  const first = search.arrange("best");
  here = [hit(2)];
  await Promise.all([first, search.arrange("newest")]);
  expect([search.order, seqs(search.hits)]).toEqual(["newest", [2]]);
});

test.each([
  ["+7 (916) 123-45-67", "89161234567", true],
  ["+7 (916) 123-45-67", "+79161234567", true],
  ["+7 (916) 123-45-67", "916 123", true],
  ["+7 (916) 123-45-67", "8 (916) 12", true],
  ["89161234567", "+7 916 123-45-67", true],
  ["8 916 123 45 67", "123\u201145\u201167", true],
  ["+7 (916) 123-45-67", "89161234568", false],
  ["+7 (916) 123-45-67", "16 7", false],
  // Of other countries 8 is no +7.
  ["+44 7911 123456", "84479111234", false],
])("a customer with the phone %s is found by %s: %s", async (phone, typed, found) => {
  const desk = new FakeDesk(() => 10_000_000);
  const row = {
    ...desk.row(desk.add(0, 40)),
    name: "Мария",
    email: null,
    phone,
    number: 1,
    customer_number: 2,
  };
  const search = new Search(backend);
  search.ask(typed);
  expect(search.matching([row], called)).toHaveLength(found ? 1 : 0);
});

test("without words the conditions list dialogs, the latest first, and ask nobody for messages", async () => {
  const desk = new FakeDesk(() => 10_000_000);
  const names = {
    operators: [{ id: "o", name: "Олег Громов", status: "online" } as const],
    channels: [],
    now: 10_000_000,
  };
  const rows = Array.from({ length: 12 }, (_, i) => ({
    ...desk.row(desk.add(i, 40)),
    assignee: i % 2 === 0 ? "Олег Громов" : "Вера Ильина",
    active_at: i,
  }));
  const search = await look("operator:Олег", undefined, names);
  const found = search.matching(rows, called);
  expect([search.wordless, found.map((row) => row.active_at)]).toEqual([true, [10, 8, 6, 4, 2, 0]]);
  expect([asked, search.beyond]).toEqual([[], "none"]);
  await look("заказ operator:Олег", search, names);
  expect(search.wordless).toBe(false);
});
