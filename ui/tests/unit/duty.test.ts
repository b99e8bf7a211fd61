import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import { Workplace } from "../../src/state/workplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
});
afterEach(() => useLanguage("auto"));

const chosen = () =>
  fake.asked.flatMap((one) => {
    if (one.do === "choose_status") return [one.code];
    return one.do === "set_status" ? [one.status] : [];
  });

/** What the centre says of statuses from now on. */
function centre(change: { asks_status?: boolean; leaving?: Record<string, string> }): void {
  fake.handbook = { ...fake.handbook, ...change };
  fake.tell({ event: "handbook", handbook: fake.handbook });
}

describe("which status to begin with", () => {
  beforeEach(() => {
    centre({ asks_status: true });
    fake.setStatus("offline", { by: "login" });
  });

  test("is asked after a login, and not again when it was said", async () => {
    expect(workplace.duty.asked).toBe(true);
    expect(workplace.duty.choices.map(({ key }) => key)).toEqual(["online", "lunch", "mail", "offline"]);
    const [, lunch] = workplace.duty.choices;
    if (lunch !== undefined) await workplace.duty.begin(lunch);
    expect([chosen(), workplace.duty.asked]).toEqual([["lunch"], false]);
    fake.show({ screen: "workplace" });
    expect(workplace.duty.asked).toBe(false);
    fake.setStatus("offline", { by: "login" });
    expect(workplace.duty.asked).toBe(true);
  });

  test("who waves the question away says that he stays offline", async () => {
    await workplace.duty.stayOff();
    expect([chosen(), workplace.duty.asked]).toEqual([["offline"], false]);
    fake.show({ screen: "workplace" });
    expect(workplace.duty.asked).toBe(false);
  });

  test("a refusal is told, and the question is not put over the words again", async () => {
    fake.refusals.set("choose_status", { error: "refused", reason: { code: "forbidden" } });
    await workplace.duty.stayOff();
    expect(workplace.toasts.shown).toHaveLength(1);
    expect(workplace.duty.asked).toBe(false);
  });

  test("who was sent off duty by anything else is not asked", () => {
    for (const by of ["himself", "session_lost", "schedule", "idle"] as const) {
      fake.setStatus("offline", { by });
      expect([by, workplace.duty.asked]).toEqual([by, false]);
    }
  });
});

describe("going off duty with open dialogs", () => {
  test("is done at once where the centre has nothing to say", async () => {
    expect(await workplace.duty.chooseKind("offline")).toBe("done");
    expect([chosen(), workplace.duty.leaving]).toEqual([["offline"], null]);
  });

  test("is asked about in the centre's words, and done or dropped", async () => {
    centre({ leaving: { ru: "Передайте диалоги.", en: "Hand your dialogs over." } });
    expect(workplace.held).toBeGreaterThan(0);
    expect(workplace.duty.warning).toBe("Hand your dialogs over.");
    expect(await workplace.duty.chooseKind("offline")).toBe("warned");
    await workplace.duty.leave(false);
    expect([chosen(), workplace.duty.leaving]).toEqual([[], null]);
    await workplace.duty.chooseKind("offline");
    await workplace.duty.leave(true);
    expect([chosen(), workplace.duty.leaving]).toEqual([["offline"], null]);
    // Off duty already: nothing is left to be warned of.
    const lunch = workplace.duty.choices.find(({ key }) => key === "lunch");
    expect(lunch && (await workplace.duty.choose(lunch))).toBe("done");
  });

  test("is not asked about by whoever has none, nor by whoever goes on duty", async () => {
    centre({ leaving: { en: "Hand your dialogs over." } });
    fake.setStatus("lunch", { by: "himself" });
    expect(await workplace.duty.chooseKind("online")).toBe("done");
    for (const row of [...workplace.rows.section("mine")]) fake.colleagueAccepts(row.id, "Tom Adler");
    expect([workplace.held, workplace.duty.warning]).toEqual([0, null]);
    expect(await workplace.duty.chooseKind("offline")).toBe("done");
  });
});
