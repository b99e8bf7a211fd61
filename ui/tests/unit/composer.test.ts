import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { Command } from "../../src/backend/types";
import { Tray } from "../../src/files/tray.svelte";
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
  composer = new Composer(fake, new Tray(fake, () => fake.limits.files));
  await composer.open(ira);
  return () => vi.useRealTimers();
});

const asked = () => fake.asked.map((command) => command.do);
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("an answer that quotes", () => {
  const quote = { seq: 3, excerpt: "Где заказ?" };

  test("keeps what it quotes with the draft, and sends it with the words, once", async () => {
    composer.answer(quote);
    await vi.advanceTimersByTimeAsync(301);
    expect(fake.asked).toEqual([{ do: "save_draft", dialog: ira, text: "", note: false, quote }]);
    await composer.open(oleg);
    expect(composer.quote).toBeNull();
    await composer.open(ira);
    expect(composer.quote).toEqual(quote);
    composer.write("Едет", false);
    await composer.send();
    expect(fake.asked.at(-1)).toEqual({ do: "send_text", dialog: ira, text: "Едет", quote });
    expect(composer.quote).toBeNull();
    composer.write("Ещё", false);
    await composer.send();
    expect(fake.asked.at(-1)).toEqual({ do: "send_text", dialog: ira, text: "Ещё" });
  });

  test("waits with its words to be taken back, and goes with them", async () => {
    composer.undoMs = 5_000;
    composer.answer(quote);
    composer.write("Едет", false);
    await composer.send();
    expect(composer.quote).toBeNull();
    composer.undo();
    expect([composer.text, composer.quote]).toEqual(["Едет", quote]);
    await composer.send();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fake.asked).toContainEqual({ do: "send_text", dialog: ira, text: "Едет", quote });
  });

  test("of several parts the first one names it", async () => {
    composer.answer(quote);
    composer.write("один два", false);
    await composer.sendInParts(4);
    const sent = fake.asked.filter((command) => command.do === "send_text");
    expect(sent.map((one) => [one.text.trim(), one.quote])).toEqual([
      ["один", quote],
      ["два", undefined],
    ]);
  });

  test("a note answers nothing, and the quote waits for words", async () => {
    composer.answer(quote);
    composer.setNote(true);
    expect(composer.quote).toBeNull();
    composer.write("для своих", false);
    await composer.send();
    expect(fake.asked).toContainEqual({ do: "send_note", dialog: ira, text: "для своих" });
    expect(fake.dialog(ira).draft).toEqual({ text: "", note: true, quote });
    composer.setNote(false);
    expect(composer.quote).toEqual(quote);
    composer.answer(null);
    expect(composer.quote).toBeNull();
  });
});

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

  test("takes what was put behind it elsewhere behind what stands in the field, once, and keeps it so", async () => {
    composer.write("в поле", false);
    composer.add(ira, "из уведомления");
    composer.add(ira, "из уведомления");
    await vi.advanceTimersByTimeAsync(301);
    expect(composer.text).toBe("в поле\nиз уведомления");
    expect(fake.dialog(ira).draft.text).toBe("в поле\nиз уведомления");
    composer.add(oleg, "не сюда");
    expect(composer.text).toBe("в поле\nиз уведомления");
  });

  test("that is being read while words are put behind it holds them once", async () => {
    fake.dialog(oleg).draft = { text: "начало\nиз уведомления", note: false };
    const there = composer.open(oleg);
    composer.add(oleg, "из уведомления");
    await there;
    expect(composer.text).toBe("начало\nиз уведомления");
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

describe("a draft that could not be kept", () => {
  test.each([{ error: "not_ready" } as const, { error: "not_found" } as const])(
    "because of $error says so",
    async (reason) => {
      fake.refusals.set("save_draft", reason);
      composer.write("важное", false);
      await vi.advanceTimersByTimeAsync(301);
      expect([composer.error, composer.draftLost]).toEqual([reason, true]);
    },
  );

  test("is tried again on return, and said again if it still cannot be", async () => {
    fake.refusals.set("save_draft", { error: "disk", fault: "full" });
    composer.write("важное", false);
    await composer.open(oleg);
    expect([composer.error, composer.draftLost]).toEqual([null, false]);
    await composer.open(ira);
    await vi.advanceTimersByTimeAsync(301);
    expect([composer.error?.error, composer.draftLost]).toEqual(["disk", true]);
    await composer.open(oleg);
    fake.refusals.clear();
    await composer.open(ira);
    await vi.advanceTimersByTimeAsync(301);
    expect([composer.error, fake.dialog(ira).draft.text]).toEqual([null, "важное"]);
  });

  test("leaves nothing of it to the next dialog", async () => {
    fake.refusals.set("save_draft", { error: "disk", fault: "full" });
    composer.write("важное", false);
    await vi.advanceTimersByTimeAsync(301);
    await composer.open(oleg);
    fake.refusals.clear();
    fake.refusals.set("send_text", { error: "denied", why: "closed" });
    composer.write("Олегу", false);
    await composer.send();
    expect(composer.error?.error).toBe("denied");
    composer.write("Олегу!", false);
    expect(composer.error).toBeNull();
  });
});

describe("an answer that did not go out while nothing was told here", () => {
  const putBehind = () => (fake.dialog(ira).draft.text += "\nиз уведомления");

  test("joins what could not be kept when the window was covered", async () => {
    composer.write("начало", false);
    await composer.saved();
    fake.refusals.set("save_draft", { error: "not_ready" });
    composer.write("начало и ещё", false);
    await composer.open(null);
    putBehind();
    fake.refusals.clear();
    await composer.open(ira);
    expect(composer.text).toBe("начало и ещё\nиз уведомления");
    await vi.advanceTimersByTimeAsync(301);
    expect(fake.dialog(ira).draft.text).toBe("начало и ещё\nиз уведомления");
  });

  test("joins the field that stayed open, once", async () => {
    composer.write("начало", false);
    await composer.saved();
    putBehind();
    await composer.catchUp();
    await composer.catchUp();
    await vi.advanceTimersByTimeAsync(301);
    expect([composer.text, fake.dialog(ira).draft.text]).toEqual([
      "начало\nиз уведомления",
      "начало\nиз уведомления",
    ]);
  });

  test("is not invented where only the field has changed", async () => {
    composer.write("начало", false);
    await composer.saved();
    composer.write("иначе", false);
    await composer.catchUp();
    expect(composer.text).toBe("иначе");
    await composer.send();
    await composer.catchUp();
    expect(composer.text).toBe("");
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

  test("is told as a note's, and not at all without a connection", async () => {
    composer.write("а", false);
    composer.setNote(true);
    composer.write("аб", true);
    await settle();
    const typing = fake.asked.filter((one) => one.do === "typing");
    expect(typing).toMatchObject([{ on: true, note: true }]);
  });
});

describe("taking back", () => {
  beforeEach(() => {
    composer.undoMs = 5_000;
  });
  const sent = () =>
    fake.asked.flatMap((one) =>
      one.do === "send_text" || one.do === "send_note" ? [`${one.do}: ${one.text}`] : [],
    );

  test("a message waits, as a draft on disk, and goes out once", async () => {
    composer.write("сейчас отвечу", false);
    expect(await composer.send()).toBe(true);
    await settle();
    expect([composer.text, composer.pending?.text, sent()]).toEqual(["", "сейчас отвечу", []]);
    expect(fake.dialog(ira).draft.text).toBe("сейчас отвечу");
    await vi.advanceTimersByTimeAsync(5_000);
    expect([sent(), composer.pending, fake.dialog(ira).draft.text]).toEqual([
      ["send_text: сейчас отвечу"],
      null,
      "",
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent()).toHaveLength(1);
  });

  test("taken back it stands in front of what was written since, and is not sent", async () => {
    composer.write("первое", false);
    await composer.send();
    composer.write("второе", false);
    composer.undo();
    expect([composer.text, composer.pending, composer.fieldWanted]).toEqual(["первое\nвторое", null, true]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sent(), fake.dialog(ira).draft.text]).toEqual([[], "первое\nвторое"]);
  });

  test("what is written meanwhile is kept when the first goes out", async () => {
    composer.write("первое", false);
    await composer.send();
    composer.write("второе", false);
    await vi.advanceTimersByTimeAsync(6_000);
    expect([sent(), composer.text, fake.dialog(ira).draft.text]).toEqual([
      ["send_text: первое"],
      "второе",
      "второе",
    ]);
  });

  test("a second message sends the first, in order", async () => {
    for (const text of ["раз", "два", "три"]) {
      composer.write(text, false);
      await composer.send();
    }
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent()).toEqual(["send_text: раз", "send_text: два", "send_text: три"]);
  });

  test("a second message is on disk too while it waits behind the first", async () => {
    for (const text of ["раз", "два"]) {
      composer.write(text, false);
      await composer.send();
    }
    await composer.saved();
    expect([sent(), fake.dialog(ira).draft.text]).toEqual([["send_text: раз"], "два"]);
  });

  test("another dialog sends it at once; what was written since stays behind as the draft", async () => {
    composer.write("Ире", false);
    await composer.send();
    composer.write("недописанное", false);
    await composer.open(oleg);
    await settle();
    expect([sent(), composer.text, fake.dialog(ira).draft.text]).toEqual([
      ["send_text: Ире"],
      "",
      "недописанное",
    ]);
    await composer.open(ira);
    expect(composer.text).toBe("недописанное");
  });

  test("refused when its time comes it is back in the field with the reason", async () => {
    composer.write("важное", false);
    await composer.send();
    composer.write("ещё", false);
    fake.refusals.set("send_text", { error: "disk", fault: "full" });
    await vi.advanceTimersByTimeAsync(5_000);
    expect([composer.text, composer.error]).toEqual(["важное\nещё", { error: "disk", fault: "full" }]);
  });

  test("a note that waits is a note on disk, whatever is written after it", async () => {
    composer.setNote(true);
    composer.write("только своим", false);
    await composer.send();
    composer.setNote(false);
    composer.write("клиенту", false);
    await vi.advanceTimersByTimeAsync(400);
    expect(fake.dialog(ira).draft).toMatchObject({ text: "только своим\nклиенту", note: true });
    await vi.advanceTimersByTimeAsync(5_000);
    expect([sent(), composer.note]).toEqual([["send_note: только своим"], false]);
  });
});

describe("in parts", () => {
  const sent = () => fake.asked.flatMap((one) => (one.do === "send_text" ? [one.text] : []));

  test("each goes out in its order, and the field is empty", async () => {
    composer.write("Первое предложение. Второе предложение. Третье.", false);
    expect(await composer.sendInParts(22)).toBe(true);
    expect([sent(), composer.text]).toEqual([["Первое предложение.", "Второе предложение.", "Третье."], ""]);
  });

  test("what has not gone is on disk before the next part goes", async () => {
    composer.write("aaa bbb ccc ddd eee fff", false);
    await composer.sendInParts(8);
    const kept = fake.asked.map((one) => ("text" in one ? `${one.do}: ${one.text}` : one.do));
    expect(kept).toEqual([
      "send_text: aaa bbb",
      "save_draft:  ccc ddd eee fff",
      "send_text: ccc ddd",
      "save_draft:  eee fff",
      "send_text: eee fff",
    ]);
    expect(fake.dialog(ira).draft.text).toBe("");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fake.asked).toHaveLength(5);
  });

  test("who leaves in the middle finds the rest as the draft, and nothing of it has gone", async () => {
    composer.write("aaa bbb ccc ddd", false);
    const parts = composer.sendInParts(8);
    await composer.open(oleg);
    expect(await parts).toBe(false);
    await composer.saved();
    expect([sent(), fake.dialog(ira).draft.text]).toEqual([["aaa bbb"], " ccc ddd"]);
    await composer.open(ira);
    expect(composer.text).toBe(" ccc ddd");
  });

  test("refused after the operator left: all of it is there on return", async () => {
    fake.refusals.set("send_text", { error: "denied", why: "closed" });
    composer.write("aaa bbb ccc ddd", false);
    const parts = composer.sendInParts(8);
    await composer.open(oleg);
    expect(await parts).toBe(false);
    await composer.open(ira);
    expect(composer.text).toBe("aaa bbb ccc ddd");
  });

  test("what is refused stays with what comes after it", async () => {
    composer.write("aaa bbb ccc ddd", false);
    const command = fake.command.bind(fake);
    vi.spyOn(fake, "command").mockImplementation(async (asked) => {
      const receipt = await command(asked);
      fake.refusals.set("send_text", { error: "denied", why: "closed" });
      return receipt;
    });
    expect(await composer.sendInParts(8)).toBe(false);
    expect(sent()).toEqual(["aaa bbb", "ccc ddd"]);
    expect(composer.text).toBe("ccc ddd");
  });
});

describe("files that are still on their way when they are sent", () => {
  /** Attaching waits until it is let go. */
  function held(): () => void {
    const command = fake.command.bind(fake);
    let go = () => {};
    const gate = new Promise<void>((done) => (go = done));
    vi.spyOn(fake, "command").mockImplementation(async (asked) => {
      if (asked.kind === "file" && asked.command.do === "attach") await gate;
      return command(asked);
    });
    return go;
  }
  const photo = () => new File([new Uint8Array(10).fill(7)], "a.png");
  const last = (dialog: string) => fake.dialog(dialog).items.at(-1);

  beforeEach(() => {
    // What a file is read with does its work outside the clock of the tests.
    vi.useRealTimers();
  });

  test("go out with their words wherever the operator is by then, and hold up no other dialog", async () => {
    const go = held();
    composer.tray.add([photo()]);
    composer.write("вот фото", false);
    const sent = composer.sendFiles();
    composer.write("вот фото и ещё", false);
    await composer.open(oleg);
    await composer.saved();
    expect([composer.sending, fake.dialog(ira).draft.text]).toEqual([false, "вот фото и ещё"]);
    composer.write("Олегу", false);
    expect(await composer.send()).toBe(true);
    go();
    expect(await sent).toBe(true);
    expect([last(ira)?.kind, last(ira)?.text, last(oleg)?.text]).toEqual(["file", "вот фото", "Олегу"]);
    expect(fake.dialog(ira).draft.text).toBe(" и ещё");
    await composer.open(ira);
    expect([composer.text, composer.tray.files, composer.sending]).toEqual([" и ещё", [], false]);
  });

  test("leave their words on disk until then, and no more than that is sent after a return", async () => {
    const go = held();
    composer.tray.add([photo()]);
    composer.write("вот фото", false);
    const sent = composer.sendFiles();
    await composer.saved();
    expect(fake.dialog(ira).draft.text).toBe("вот фото");
    await composer.open(oleg);
    await composer.open(ira);
    expect([composer.text, composer.sending]).toEqual(["вот фото", true]);
    composer.setNote(true);
    composer.write("вот фото, только своим", false);
    go();
    expect(await sent).toBe(true);
    expect([last(ira)?.text, composer.text, composer.note]).toEqual(["вот фото", ", только своим", true]);
  });

  test("refused after the operator left: words and files are there on return", async () => {
    const go = held();
    fake.refusals.set("send_files", { error: "disk", fault: "full" });
    composer.tray.add([photo()]);
    composer.write("вот фото", false);
    const sent = composer.sendFiles();
    await composer.open(oleg);
    go();
    expect(await sent).toBe(false);
    expect(composer.error).toBeNull();
    await composer.open(ira);
    expect([composer.text, composer.tray.files.map((one) => one.state)]).toEqual(["вот фото", ["kept"]]);
  });
});
