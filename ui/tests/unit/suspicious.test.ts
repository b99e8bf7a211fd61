/** S-H11: what is suspicious is marked, listed behind all others, and claims nobody. */
import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { matches, NO_FILTER, sorted } from "../../src/state/filter";
import { nextToAccept } from "../../src/state/offers";
import { Workplace } from "../../src/state/workplace.svelte";
import Row from "../../src/workplace/Row.svelte";
import type { DialogRow } from "../../src/backend/types";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
});

afterEach(cleanup);

const waiting = () => workplace.rows.section("waiting");

function first(): DialogRow {
  const [row] = waiting();
  if (row === undefined) throw new Error("somebody waits");
  return row;
}

test("a row says so to the eye, to the pointer and to a screen reader, and an ordinary one does not", () => {
  render(Row, { row: { ...first(), suspicious: true }, selected: false });
  const words = "Suspicious: many dialogs that nobody has answered began at its address";
  const spoken = screen.getByText(words);
  const mark = screen.getByText("suspicious");
  expect(mark.getAttribute("aria-hidden")).toBe("true");
  expect(spoken.closest("[title]")?.getAttribute("title")).toBe(words);
  expect(mark.closest("[title]")).toBe(spoken.closest("[title]"));
  cleanup();
  render(Row, { row: first(), selected: false });
  expect(screen.queryByText("suspicious")).toBeNull();
  expect(screen.queryByText(words)).toBeNull();
});

describe("among others", () => {
  const of = (id: string, suspicious: boolean, waiting_since: number): DialogRow => ({
    ...first(),
    id,
    suspicious,
    waiting_since,
  });

  test("it can be listed alone, and never stands before whoever waits", () => {
    const list = [of("a", true, 10), of("b", false, 30), of("c", false, 20)];
    const only = { ...NO_FILTER, marks: ["suspicious" as const] };
    expect(list.filter((row) => matches(row, only, 0)).map((row) => row.id)).toEqual(["a"]);
    expect(sorted(list, "longest", new Intl.Collator("en")).map((row) => row.id)).toEqual(["c", "b", "a"]);
  });

  test("it is not the next one to accept, though it may be accepted", () => {
    const list = [of("a", true, 10), of("b", false, 30)];
    expect(list.every((row) => row.can.accept === null)).toBe(true);
    const next = (rows: DialogRow[]) => nextToAccept([], (section) => (section === "waiting" ? rows : []));
    expect(next(list)?.id).toBe("b");
    expect(next(list.slice(0, 1))).toBeUndefined();
  });
});
