import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { watchHands } from "../../src/cover/here";
import { Workplace } from "../../src/state/workplace.svelte";

describe("a workplace that is covered", () => {
  async function atWork() {
    const fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
    const workplace = new Workplace(fake);
    await workplace.start();
    const [mine] = workplace.rows.section("mine");
    workplace.section = "mine";
    workplace.open(mine?.id ?? null);
    await workplace.composer.settle();
    return { fake, workplace, mine };
  }

  const COVERED = { screen: "covered", by: "press", wrong: false, wait_s: 0 } as const;

  test("S-C20: keeps nobody's rows and words, hands over the draft, and comes back to where it was", async () => {
    const { fake, workplace, mine } = await atWork();
    workplace.composer.write("One mom", false);
    workplace.showSettings();
    fake.show(COVERED);
    const last = { do: "save_draft", dialog: mine?.id, text: "One mom", note: false };
    await vi.waitFor(() => expect(fake.asked).toContainEqual(last));
    expect([workplace.rows.section("all").length, workplace.thread, workplace.composer.text]).toEqual([
      0,
      null,
      "",
    ]);
    // The cover may say something else meanwhile: that a try was wrong.
    fake.show({ ...COVERED, wrong: true });
    fake.show({ screen: "workplace" });
    expect([workplace.selected, workplace.section, workplace.pane]).toEqual([mine?.id, "mine", "settings"]);
    await vi.waitFor(() => expect(workplace.composer.text).toBe("One mom"));
  });

  test("a place is of the session in which it was", async () => {
    const { fake, workplace } = await atWork();
    fake.show(COVERED);
    fake.show({ screen: "starting" });
    fake.show({ screen: "workplace" });
    expect(workplace.pane).toBe("dialogs");
  });
});

describe("a hand on the window", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is told at once, then every five seconds at most, and the last touch is told too", async () => {
    const fake = new FakeBackend({ dialogs: 0 });
    const command = vi.spyOn(fake, "command");
    const stop = watchHands(fake);
    const touch = () => window.dispatchEvent(new Event("pointermove"));
    touch();
    expect(command).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 100; i += 1) touch();
    expect(command).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(command).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(command).toHaveBeenCalledTimes(2);
    touch();
    expect(command).toHaveBeenCalledTimes(3);
    stop();
    touch();
    expect(command).toHaveBeenCalledTimes(3);
  });
});
