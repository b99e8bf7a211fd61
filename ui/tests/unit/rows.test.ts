import { describe, expect, test } from "vitest";
import type { DialogRow, Section } from "../../src/backend/types";
import { FakeDesk } from "../../src/backend/fake/desk";
import { insert, remove } from "../../src/state/order";
import { Rows } from "../../src/state/rows.svelte";

const desk = new FakeDesk(() => 1_000_000_000);

function row(change: Partial<DialogRow> & { id: string }): DialogRow {
  const dialog = desk.add(0, 40);
  return { ...desk.row(dialog), section: "waiting", sort: 0, active_at: 0, rev: 1, ...change };
}

function ids(rows: Rows, section: Section): string {
  return rows
    .section(section)
    .map((one) => one.id)
    .join(" ");
}

describe("rows", () => {
  test("Waiting and Mine go by sort ascending, All by activity descending", () => {
    const rows = new Rows();
    rows.replace([
      row({ id: "a", sort: 30, active_at: 1 }),
      row({ id: "b", sort: 10, active_at: 2 }),
      row({ id: "c", sort: 20, active_at: 3, section: "mine" }),
      row({ id: "d", sort: 5, active_at: 4, section: "all" }),
    ]);
    expect(ids(rows, "waiting")).toBe("b a");
    expect(ids(rows, "mine")).toBe("c");
    expect(ids(rows, "all")).toBe("d c b a");
  });

  test("of two versions the one with the higher rev is kept, whichever comes first", () => {
    const rows = new Rows();
    rows.merge([row({ id: "a", rev: 5, name: "new" })]);
    rows.merge([row({ id: "a", rev: 4, name: "old", section: "mine" })]);
    expect(rows.get("a")?.name).toBe("new");
    expect(ids(rows, "waiting")).toBe("a");
    expect(ids(rows, "mine")).toBe("");
  });

  test("a row moves between sections and leaves nothing behind", () => {
    const rows = new Rows();
    rows.merge([row({ id: "a", rev: 1 }), row({ id: "b", rev: 1, sort: 1 })]);
    rows.merge([row({ id: "a", rev: 2, section: "mine", sort: 7 })]);
    expect([ids(rows, "waiting"), ids(rows, "mine")]).toEqual(["b", "a"]);
    rows.remove(["a"]);
    expect([ids(rows, "mine"), ids(rows, "all"), rows.get("a")]).toEqual(["", "b", undefined]);
  });

  test("many at once end in the same order as one by one", () => {
    const many = Array.from({ length: 1_500 }, (_, i) =>
      row({ id: `d${i}`, rev: i + 1, sort: (i * 7_919) % 1_009, active_at: (i * 104_729) % 997 }),
    );
    const atOnce = new Rows();
    atOnce.merge(many);
    const oneByOne = new Rows();
    for (const one of many) oneByOne.merge([one]);
    for (const section of ["waiting", "all"] as const)
      expect(ids(oneByOne, section)).toBe(ids(atOnce, section));
    expect(oneByOne.section("waiting")[oneByOne.place("waiting", "d700")]?.id).toBe("d700");
  });

  test("many that come in parts, some of them again elsewhere, end in the same order as one by one", () => {
    const first = Array.from({ length: 900 }, (_, i) =>
      row({ id: `d${i}`, rev: 1, sort: (i * 7_919) % 1_009, active_at: (i * 104_729) % 997 }),
    );
    const again = first.slice(300, 700).map((one, i) => ({
      ...one,
      rev: 2 + (i % 2),
      sort: (i * 31) % 101,
      section: i % 3 === 0 ? ("mine" as const) : one.section,
    }));
    const [inParts, oneByOne] = [new Rows(), new Rows()];
    for (let at = 0; at < first.length; at += 250) inParts.merge(first.slice(at, at + 250));
    inParts.merge(again);
    for (const one of [...first, ...again]) oneByOne.merge([one]);
    for (const section of ["waiting", "mine", "open", "all"] as const)
      expect(ids(inParts, section)).toBe(ids(oneByOne, section));
    expect(inParts.size).toBe(900);
  });

  test("typing shows before the row's next version and yields to it", () => {
    const rows = new Rows();
    rows.merge([row({ id: "a", rev: 3 })]);
    rows.setTyping("a", "Добрый");
    expect(rows.get("a")?.typing).toBe("Добрый");
    rows.merge([row({ id: "a", rev: 4, typing: null })]);
    expect(rows.get("a")?.typing).toBeNull();
  });
});

test("insert and remove keep an array sorted", () => {
  const byNumber = (a: number, b: number) => a - b;
  const list: number[] = [];
  for (const one of [5, 1, 9, 3, 7, 2, 8]) insert(list, one, byNumber);
  remove(list, 7, byNumber);
  remove(list, 4, byNumber);
  expect(list).toEqual([1, 2, 3, 5, 8, 9]);
});
