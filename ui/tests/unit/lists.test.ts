/** Sections, offers, the choice of many and what is done to them, against the engine in memory. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Section } from "../../src/backend/types";
import { FakeBackend } from "../../src/backend/fake/fake";
import { clock, hubClock } from "../../src/state/clock.svelte";
import { setByWords, statusName } from "../../src/state/handbook";
import { barrier, ManyRun } from "../../src/state/many.svelte";
import { offersIn, secondsLeft } from "../../src/state/offers";
import { Picks } from "../../src/state/picks.svelte";
import { hiddenIn, lists, SECTIONS, sectionsOf } from "../../src/state/sections";
import { workedSeconds } from "../../src/state/shift";
import { Workplace } from "../../src/state/workplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, offers: true, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
});

const ids = (section: Section) => workplace.rows.section(section).map((row) => row.id);

describe("sections", () => {
  test("each lists the rows that stand there; Open what is not over, All everything", () => {
    const everywhere = ids("all");
    for (const section of SECTIONS) {
      const listed = everywhere.filter((id) => {
        const row = workplace.rows.get(id);
        return row !== undefined && lists(section, row);
      });
      expect([section, ids(section).toSorted()]).toEqual([section, listed.toSorted()]);
      expect([section, workplace.counts[section]]).toEqual([section, listed.length]);
    }
    expect(ids("open").length).toBeLessThan(everywhere.length);
    expect(ids("queue").length).toBeGreaterThan(0);
  });

  test("without offers there is no queue, and whoever looked at it looks at those who wait", () => {
    expect(sectionsOf(false)).not.toContain("queue");
    workplace.section = "queue";
    fake.tell({ event: "handbook", handbook: { ...fake.handbook, offers: false } });
    expect(workplace.section).toBe("waiting");
  });

  test("what the hub does not show is told where it would stand", () => {
    fake.hide(12, 3);
    const of = (offers: boolean) => SECTIONS.map((section) => hiddenIn(section, workplace.counts, offers));
    expect(of(true)).toEqual([0, 0, 12, 3, 0, 0]);
    expect(of(false)).toEqual([12, 0, 0, 3, 0, 0]);
  });

  test("a notification's dialog is shown in the list that is open, if it is listed there", () => {
    const [mine] = ids("mine");
    workplace.section = "open";
    fake.tell({ event: "open_dialog", dialog: mine ?? "" });
    expect(workplace.section).toBe("open");
    workplace.section = "queue";
    fake.tell({ event: "open_dialog", dialog: mine ?? "" });
    expect(workplace.section).toBe("mine");
  });
});

describe("offers", () => {
  test("the one that ends first stands first; one without an end stands last", () => {
    const [a = "", b = "", c = ""] = ids("queue");
    fake.offer(a, null);
    fake.offer(b, 90);
    fake.offer(c, 30);
    expect(workplace.offers.map((row) => row.id)).toEqual([c, b, a]);
    expect(offersIn(workplace.rows.section("mine"))).toEqual([]);
  });

  test("one key takes what is offered before what waits, and those who left last", async () => {
    const [queued = "", offered = ""] = ids("queue");
    fake.offer(offered, 60);
    expect(workplace.oldest?.id).toBe(offered);
    await workplace.acceptOldest();
    expect([workplace.selected, workplace.section]).toEqual([offered, "mine"]);
    expect(workplace.oldest?.id).toBe(queued);
    for (const id of ids("queue")) fake.offerEnds(id, "Том");
    expect(workplace.oldest?.section).toBe("offline_requests");
  });

  test("the open offer is declined before a more urgent one", async () => {
    const [a = "", b = ""] = ids("queue");
    fake.offer(a, 60);
    fake.offer(b, 30);
    workplace.open(a);
    await workplace.decline();
    expect(fake.asked.at(-1)).toMatchObject({ do: "do", dialog: a, deed: { deed: "decline" } });
    await workplace.decline();
    expect(fake.asked.at(-1)).toMatchObject({ dialog: b });
  });

  test("who has what was offered is told by name", () => {
    const [a = "", b = ""] = ids("queue");
    fake.offer(a, 60);
    fake.offer(b, 60);
    fake.offerEnds(a, "Tom Adler");
    fake.offerEnds(b, null);
    expect(workplace.toasts.shown.map((toast) => toast.words)).toEqual([
      expect.stringContaining("is with Tom Adler now"),
      expect.stringContaining("somebody else is asked"),
    ]);
    expect(workplace.offers).toEqual([]);
  });

  test("counts down by the hub's clock", () => {
    fake.tell({ event: "clock", ahead_ms: 90_000 });
    expect(hubClock() - clock()).toBe(90_000);
    fake.tell({ event: "clock", ahead_ms: 0 });
    expect(hubClock()).toBe(clock());
    expect(secondsLeft(100_000, 85_001)).toBe(15);
    expect(secondsLeft(100_000, 100_001)).toBe(0);
  });
});

describe("choosing many", () => {
  const rows = ["a", "b", "c", "d", "e"].map((id) => ({ id }));
  const chosen = (picks: Picks) => [...picks.ids].join("");

  test("one by one, by stretches in both directions, all, and none", () => {
    const picks = new Picks();
    picks.toggle("b");
    picks.toggle("d");
    expect(chosen(picks)).toBe("bd");
    picks.toggle("b");
    expect(chosen(picks)).toBe("d");
    picks.from("c");
    picks.stretch(rows, "e");
    expect([chosen(picks), picks.cursor]).toEqual(["cde", "e"]);
    picks.stretch(rows, "a");
    expect([chosen(picks), picks.cursor]).toEqual(["abc", "a"]);
    picks.all(rows);
    expect(picks.size).toBe(5);
    picks.drop(["a", "x"]);
    expect(chosen(picks)).toBe("bcde");
    picks.clear();
    expect([picks.size, picks.cursor]).toEqual([0, null]);
  });

  test("what began a stretch may have gone in the meantime", () => {
    const picks = new Picks();
    picks.from("gone");
    picks.stretch(rows, "c");
    expect(chosen(picks)).toBe("c");
  });

  test("another list, and what leaves this one, is chosen no more", () => {
    const [first = "", second = ""] = ids("queue");
    workplace.section = "queue";
    workplace.picks.toggle(first);
    workplace.picks.toggle(second);
    fake.offerEnds(first, "Tom Adler");
    expect(workplace.picked.map((row) => row.id)).toEqual([second]);
    fake.tell({ event: "rows_gone", dialogs: [second] });
    expect([workplace.picked, workplace.picks.size]).toEqual([[], 1]);
    workplace.section = "mine";
    expect(workplace.picks.size).toBe(0);
  });
});

describe("many at once", () => {
  test("each has its own outcome, and one that is refused stops no other", async () => {
    const [a = "", b = "", c = ""] = ids("mine");
    fake.stubborn.set(b, { error: "refused", reason: { code: "category_required" } });
    const run = new ManyRun(fake);
    const started = run.start([a, b, c], (dialog) => [{ do: "close", dialog }]);
    expect([run.running, run.outcomes.get(c)?.state]).toEqual([true, "waiting"]);
    await started;
    expect([a, b, c].map((id) => run.outcomes.get(id)?.state)).toEqual(["done", "refused", "done"]);
    expect(run.outcomes.get(b)).toMatchObject({ why: { error: "refused" } });
    expect([run.done, run.running]).toEqual([2, false]);
    expect(fake.dialog(b).state).not.toBe("closed_soft");
  });

  test("of several commands for one dialog none follows a refusal", async () => {
    const [a = ""] = ids("mine");
    fake.refusals.set("do", { error: "denied", why: "no_right" });
    const run = new ManyRun(fake);
    const sort = { deed: "sort", category: "delivery", subject: null, tags: null } as const;
    await run.start([a], (dialog) => [
      { do: "do", dialog, deed: sort },
      { do: "close", dialog },
    ]);
    expect(run.outcomes.get(a)?.state).toBe("refused");
    expect(fake.asked.some((one) => one.do === "close")).toBe(false);
  });

  test("whoever stops it is told what was not begun", async () => {
    const list = ids("mine");
    const run = new ManyRun(fake);
    const started = run.start(list, (dialog) => [{ do: "close", dialog }]);
    run.stop();
    await started;
    expect(list.map((id) => run.outcomes.get(id)?.state)).toEqual([
      "done",
      ...list.slice(1).map(() => "stopped"),
    ]);
  });

  test("the engine's word decides what may be done with which", () => {
    const [mine] = workplace.rows.section("mine");
    const other = workplace.rows.section("open").find((row) => row.section === "open");
    if (mine === undefined || other === undefined) throw new Error("no rows");
    expect(["accept", "transfer", "close", "tag"].map((deed) => barrier(deed as "tag", mine))).toEqual([
      "already_taken",
      null,
      null,
      null,
    ]);
    expect(barrier("close", other)).toBe("not_yours");
  });

  test("whoever accepts many stays in his list", async () => {
    workplace.section = "queue";
    const list = ids("queue");
    const accept = workplace.manyRun.start(list, (dialog) => [{ do: "accept", dialog }]);
    fake.tell({ event: "open_dialog", dialog: list[0] ?? "" });
    expect([workplace.section, workplace.selected]).toEqual(["queue", null]);
    await accept;
    expect(ids("queue")).toEqual([]);
  });
});

describe("one's own status", () => {
  test("is called as the centre calls it, and by its kind where that is not known", () => {
    fake.setStatus("lunch", { by: "himself" });
    const me = workplace.me;
    if (me === null) throw new Error("nobody");
    expect(statusName(me, workplace.handbook)).toBe("Lunch");
    expect(statusName({ ...me, day: undefined as never }, workplace.handbook)).toBe("Break");
  });

  test("time on duty goes on while he is, and stands while he is not", () => {
    const me = workplace.me;
    if (me?.day == null) throw new Error("nobody");
    const day = { ...me.day, since: 10_000, shift: { since: 1, worked_ms: 60_000, closed: 0, missed: 0 } };
    expect(workedSeconds({ ...me, day }, 40_000)).toBe(90);
    expect(workedSeconds({ ...me, day }, 5_000)).toBe(60);
    expect(workedSeconds({ ...me, day, status: "offline" }, 40_000)).toBe(60);
    expect(workedSeconds({ ...me, day: { ...day, shift: { ...day.shift, since: 0 } } }, 40_000)).toBeNull();
    expect(workedSeconds({ ...me, day: { ...day, shift: null } }, 40_000)).toBeNull();
  });

  test("who set it is told, unless it was oneself", () => {
    const [colleague] = workplace.operators;
    const words = (set: Parameters<typeof setByWords>[0]) => setByWords(set, workplace.operators);
    expect(words({ by: "operator", id: colleague?.id ?? "" })).toBe(`set by ${colleague?.name}`);
    expect(words({ by: "operator", id: "somebody" })).toBe("set by a supervisor");
    expect(words({ by: "schedule" })).toBe("set by the schedule");
    expect([words({ by: "himself" }), words({ by: "unknown" })]).toEqual([null, null]);
  });
});
