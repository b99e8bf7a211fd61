import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { SETTINGS } from "../../src/backend/fake/settings";
import { keptByPage } from "../../src/state/moving";
import { Workplace } from "../../src/state/workplace.svelte";

const VIEW = {
  name: "Срочное",
  section: "mine",
  filter: { marks: ["overdue"], channels: ["Сайт"] },
  sort: "name",
};

function keep(name: string, value: unknown): void {
  localStorage.setItem(`otklik.look.${name}`, typeof value === "string" ? value : JSON.stringify(value));
}

async function started(fake: FakeBackend): Promise<Workplace> {
  const workplace = new Workplace(fake);
  await workplace.start();
  await vi.waitFor(() => expect(workplace.settings?.page).not.toBeNull());
  return workplace;
}

/** What views are made of by now. */
const LATER = { departments: [], categories: [], tags: [] };

describe("what earlier versions of the page kept by themselves", () => {
  beforeEach(() => {
    localStorage.clear();
    keep("undo", "5");
    keep("keys", { set: "alt", own: { card: null, note: "f2" } });
    keep("views", [VIEW]);
  });
  afterEach(() => localStorage.clear());

  test("goes to the engine once, whole, and counts from then on", async () => {
    const fake = new FakeBackend();
    const workplace = await started(fake);
    expect(fake.settings.page).toEqual({
      undo_s: 5,
      keys: { set: "alt", own: { card: null, note: "f2" } },
      views: [
        { ...LATER, name: "Срочное", section: "mine", marks: ["overdue"], channels: ["Сайт"], sort: "name" },
      ],
    });
    expect([workplace.undoSeconds, workplace.composer.undoMs]).toEqual([5, 5_000]);
    expect([workplace.keys.set, workplace.keys.chord("card"), workplace.keys.chord("note")]).toEqual([
      "alt",
      null,
      "f2",
    ]);
    expect(workplace.listing.views.map((view) => view.name)).toEqual(["Срочное"]);
    const told = () => fake.asked.filter((one) => one.do === "set_settings").length;
    expect(told()).toBe(1);
    workplace.setUndo(0);
    workplace.keys.choose("webim");
    // What the engine has is not asked of the page again, though it still lies there.
    const again = await started(fake);
    expect([again.undoSeconds, again.keys.set, again.listing.views.length]).toEqual([0, "webim", 1]);
    expect(told()).toBe(3);
  });

  test("holds though the disk refuses, and is offered again at the next start", async () => {
    const fake = new FakeBackend();
    fake.refusals.set("set_settings", { error: "disk", fault: "full" });
    const workplace = new Workplace(fake);
    await workplace.start();
    await vi.waitFor(() => expect(workplace.toasts.shown.length).toBe(1));
    expect([workplace.keys.set, workplace.listing.views.length]).toEqual(["alt", 1]);
    fake.refusals.clear();
    expect((await started(fake)).undoSeconds).toBe(5);
  });

  test("does not touch what another machine or version chose already", async () => {
    const page = { undo_s: 10, keys: { set: "standard", own: {} }, views: [] };
    const fake = new FakeBackend({ settings: { ...SETTINGS, page } });
    const workplace = await started(fake);
    expect([workplace.undoSeconds, workplace.keys.set, workplace.listing.views.length]).toEqual([
      10,
      "standard",
      0,
    ]);
    expect(fake.asked.some((one) => one.do === "set_settings")).toBe(false);
  });

  test("and cannot be read is left out", () => {
    keep("undo", "many");
    keep("keys", "not JSON");
    keep("views", [null, { name: "" }, { name: "Х", filter: { marks: ["draft", 3] } }, 7]);
    expect(keptByPage()).toEqual({
      undo_s: 0,
      keys: { set: "", own: {} },
      views: [{ ...LATER, name: "Х", section: "", marks: ["draft"], channels: [], sort: "" }],
    });
  });
});
