import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DialogRow } from "../../src/backend/types";
import { FakeBackend } from "../../src/backend/fake/fake";
import { FakeDesk } from "../../src/backend/fake/desk";
import { matches, NO_FILTER, readViews, sorted, type Filter, type Mark } from "../../src/state/filter";
import { stanceOf } from "../../src/state/words";
import { Workplace } from "../../src/state/workplace.svelte";

const NOW = 10_000_000;
const desk = new FakeDesk(() => NOW);
const names = new Intl.Collator("ru");

function row(change: Partial<DialogRow> = {}): DialogRow {
  const plain = { waiting_since: null, unread: 0, draft: false, unsent: 0, channel: "Сайт" };
  return { ...desk.row(desk.add(0, 40)), ...plain, ...change };
}

function only(...marks: Mark[]): Filter {
  return { ...NO_FILTER, marks };
}

describe("a row is listed", () => {
  test.each([
    ["whoever waits", row({ waiting_since: NOW - 1 }), only("unanswered"), true],
    ["nobody else", row(), only("unanswered"), false],
    ["overdue from three minutes on", row({ waiting_since: NOW - 180_000 }), only("overdue"), true],
    ["not before", row({ waiting_since: NOW - 179_999 }), only("overdue"), false],
    ["with a draft", row({ draft: true }), only("draft"), true],
    ["with something unsent", row({ unsent: 2 }), only("unsent"), true],
    ["put off", row({ state: "hold" }), only("hold"), true],
    ["not put off", row({ state: "active" }), only("hold"), false],
    ["with a bot", row({ state: "bot" }), only("bot"), true],
    ["offered", row({ state: "offered" }), only("offered"), true],
    ["no more offered", row({ state: "active" }), only("offered"), false],
    ["all marks count", row({ draft: true }), only("draft", "unread"), false],
    ["both marks borne", row({ draft: true, unread: 1 }), only("draft", "unread"), true],
    ["any of the channels", row({ channel: "Почта" }), { ...NO_FILTER, channels: ["Сайт", "Почта"] }, true],
    ["another channel", row({ channel: "Банк" }), { ...NO_FILTER, channels: ["Сайт"] }, false],
  ] as const)("%s", (_, one, filter, listed) => {
    expect(matches(one, filter, NOW)).toBe(listed);
  });
});

test("orders: who waits longest, what is newest, by name with the nameless last", () => {
  const list = [
    row({ id: "a", name: "Яна", waiting_since: null, active_at: 3 }),
    row({ id: "b", name: null, waiting_since: 20, active_at: 1 }),
    row({ id: "c", name: "ёлкин", waiting_since: 10, active_at: 2 }),
    row({ id: "d", name: "Жуков", waiting_since: null, active_at: 4 }),
  ];
  const ids = (sort: Parameters<typeof sorted>[1]) =>
    sorted(list, sort, names)
      .map((one) => one.id)
      .join("");
  expect([ids("usual"), ids("longest"), ids("newest"), ids("name")]).toEqual([
    "abcd",
    "cbad",
    "dacb",
    "cdab",
  ]);
});

test("what a state says beyond its tone is shown", () => {
  expect(stanceOf(row({ state: "hold", tone: "mine_answered" }))).toBe("hold");
  expect(stanceOf(row({ state: "bot", tone: "others" }))).toBe("bot");
  expect(stanceOf(row({ state: "offered", tone: "waiting" }))).toBe("offered");
  expect(stanceOf(row({ state: "active", tone: "mine_unanswered" }))).toBe("mine_unanswered");
});

describe("the list on the screen", () => {
  let fake: FakeBackend;
  let workplace: Workplace;
  beforeEach(async () => {
    localStorage.clear();
    vi.useFakeTimers();
    fake = new FakeBackend({ dialogs: 24 });
    workplace = new Workplace(fake);
    await workplace.start();
    workplace.section = "mine";
  });
  afterEach(() => vi.useRealTimers());

  const shown = () => workplace.listing.shown.map((one) => one.id);

  test("is the section itself without a filter", () => {
    expect(workplace.listing.shown).toBe(workplace.rows.section("mine"));
  });

  test("follows what arrives, at most ten times a second", async () => {
    workplace.listing.filter = only("draft");
    expect(shown()).toEqual([]);
    const [first, second] = workplace.rows.section("mine");
    fake.dialog(first?.id ?? "").draft = { text: "начато", note: false };
    fake.changed(fake.dialog(first?.id ?? ""), []);
    expect(shown()).toEqual([first?.id]);
    const before = workplace.listing.version;
    for (let i = 0; i < 50; i += 1) {
      fake.dialog(second?.id ?? "").draft = { text: `${i}`, note: false };
      fake.changed(fake.dialog(second?.id ?? ""), []);
    }
    expect(workplace.listing.version).toBe(before);
    await vi.advanceTimersByTimeAsync(101);
    expect(workplace.listing.version).toBe(before + 1);
    expect(shown()).toEqual([first?.id, second?.id]);
  });

  test("next and previous go along what is listed", () => {
    const channel = workplace.rows.section("mine")[0]?.channel ?? "";
    workplace.listing.filter = { ...NO_FILTER, channels: [channel] };
    const listed = shown();
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.length).toBeLessThan(workplace.rows.section("mine").length);
    for (const id of listed) {
      workplace.step(1);
      expect(workplace.selected).toBe(id);
    }
    workplace.step(1);
    expect(workplace.selected).toBe(listed.at(-1));
  });

  test("is kept under a name by the engine, comes back with the settings, and is forgotten", async () => {
    workplace.listing.filter = only("unanswered");
    workplace.listing.sort = "longest";
    workplace.listing.keep("  Срочное ");
    workplace.listing.reset();
    workplace.section = "all";
    const again = new Workplace(fake);
    await again.start();
    const [view] = again.listing.views;
    if (view === undefined) throw new Error("no view was kept");
    again.useView(view);
    expect([again.section, again.listing.filter.marks, again.listing.sort, view.name]).toEqual([
      "mine",
      ["unanswered"],
      "longest",
      "Срочное",
    ]);
    again.listing.forget("Срочное");
    expect(fake.settings.page?.views).toEqual([]);
  });

  test("what was kept and this page does not know is left out", () => {
    const kinds = { channels: ["Сайт"], departments: ["shop"], categories: [], tags: ["vip"] };
    const other = { name: "Х", section: "nowhere", marks: ["draft", "x"], ...kinds, sort: "?" };
    expect(readViews([{ ...other, name: " " }, other])).toEqual([
      { name: "Х", section: "all", filter: { marks: ["draft"], ...kinds }, sort: "usual" },
    ]);
  });
});
