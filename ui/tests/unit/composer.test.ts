import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { Command } from "../../src/backend/types";
import { Composer } from "../../src/state/composer.svelte";

let fake: FakeBackend;
let composer: Composer;
let ira: string;
let oleg: string;

beforeEach(async () => {
  vi.useFakeTimers();
  fake = new FakeBackend({ dialogs: 24 });
  [ira, oleg] = [...fake.desk.dialogs.values()]
    .filter((one) => one.owner === "Вера Ильина")
    .map((one) => one.id) as [string, string];
  composer = new Composer(fake);
  await composer.open(ira);
  return () => vi.useRealTimers();
});

const asked = () => fake.asked.map((command) => command.do);
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("a draft", () => {
  test("is kept at a pause of typing, once", async () => {
    for (const text of ["Д", "До", "Добрый"]) composer.write(text, false);
    await vi.advanceTimersByTimeAsync(299);
    expect(asked()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(fake.asked).toEqual([{ do: "save_draft", dialog: ira, text: "Добрый", note: false }]);
  });

  test("stays with its dialog when the operator goes back and forth at once", async () => {
    composer.write("Ире", false);
    const there = composer.open(oleg);
    composer.write("Олегу", false);
    const back = composer.open(ira);
    await Promise.all([there, back]);
    expect(composer.text).toBe("Ире");
    await composer.open(oleg);
    expect(composer.text).toBe("Олегу");
  });

  test("typed before the stored one was read joins it", async () => {
    fake.dialog(oleg).draft = { text: "начало", note: true };
    const there = composer.open(oleg);
    composer.write("ещё", false);
    await there;
    expect([composer.text, composer.note]).toEqual(["начало\nещё", true]);
  });

  test("that the disk refused stays on the page, is shown again, and says so", async () => {
    fake.refusals.set("save_draft", { error: "disk", fault: "full" });
    composer.write("важное", false);
    await vi.advanceTimersByTimeAsync(301);
    expect([composer.error, composer.draftLost]).toEqual([{ error: "disk", fault: "full" }, true]);
    await composer.open(oleg);
    await composer.open(ira);
    expect(composer.text).toBe("важное");
    fake.refusals.clear();
    composer.write("важное!", false);
    await vi.advanceTimersByTimeAsync(301);
    expect([composer.error, fake.dialog(ira).draft.text]).toEqual([null, "важное!"]);
  });
});

describe("sending", () => {
  test("clears the composer only after the receipt, and no draft rises from the dead", async () => {
    composer.write("Готово", false);
    const sent = composer.send();
    expect(composer.text).toBe("Готово");
    expect(await sent).toBe(true);
    expect(composer.text).toBe("");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked()).toEqual(["send_text"]);
    expect(fake.dialog(ira).draft.text).toBe("");
  });

  test("twice at once sends once", async () => {
    composer.write("Готово", false);
    const both = await Promise.all([composer.send(), composer.send()]);
    expect([both, asked()]).toEqual([[true, false], ["send_text"]]);
  });

  test("words typed meanwhile stay", async () => {
    composer.write("Первое", false);
    const sent = composer.send();
    composer.write("Первое и второе", false);
    await sent;
    expect(composer.text).toBe(" и второе");
  });

  test.each([
    { error: "disk", fault: "full" } as const,
    { error: "too_long", max: 32_000, chars: 32_001 } as const,
    { error: "denied", why: "not_yours" } as const,
    { error: "not_ready" } as const,
  ])("refused with $error keeps every letter", async (reason) => {
    fake.refusals.set("send_text", reason);
    composer.write("Нельзя потерять", false);
    expect(await composer.send()).toBe(false);
    expect([composer.text, composer.error]).toEqual(["Нельзя потерять", reason]);
    fake.refusals.clear();
    expect(await composer.send()).toBe(true);
  });

  test("refused after the operator left: the text is there on return", async () => {
    fake.refusals.set("send_text", { error: "disk", fault: "io" });
    composer.write("Не пропади", false);
    const sent = composer.send();
    void composer.open(oleg);
    await sent;
    await composer.open(ira);
    expect(composer.text).toBe("Не пропади");
  });

  test.each(["", "  \n "])("%j is not sent", async (text) => {
    composer.write(text, false);
    expect([await composer.send(), asked()]).toEqual([false, []]);
  });

  test("a note goes as a note, lone surrogates as replacements", async () => {
    composer.setNote(true);
    composer.write("a\uD83D", false);
    await composer.send();
    expect(fake.asked).toEqual([{ do: "send_note", dialog: ira, text: "a\uFFFD" }]);
  });
});

describe("typing", () => {
  const told = () =>
    fake.asked.filter((one): one is Command & { do: "typing" } => one.do === "typing").map((one) => one.on);

  test("is told once a second at most, and ends by itself", async () => {
    for (let i = 1; i <= 15; i += 1) {
      composer.write("а".repeat(i), true);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(told()).toEqual([true, true, true]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told()).toEqual([true, true, true, false]);
  });

  test("ends with sending and with leaving", async () => {
    composer.write("а", true);
    await composer.send();
    composer.write("б", true);
    composer.leave();
    await settle();
    expect(told()).toEqual([true, false, true, false]);
  });

  test("is never told of a note or where writing is not allowed", async () => {
    composer.write("а", false);
    composer.setNote(true);
    composer.write("аб", true);
    await settle();
    expect(told()).toEqual([]);
  });
});
