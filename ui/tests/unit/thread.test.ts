import { beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { PageQuery } from "../../src/backend/types";
import { Thread } from "../../src/state/thread.svelte";

let fake: FakeBackend;
let id: string;

beforeEach(() => {
  fake = new FakeBackend({ dialogs: 24, thread: 500 });
  id = [...fake.desk.dialogs.values()].find((one) => one.owner === "Вера Ильина")?.id ?? "";
});

const seqs = (thread: Thread) =>
  thread.entries.flatMap((entry) =>
    entry.what === "message" || entry.what === "line" ? [entry.item.seq] : [],
  );

function isRun(numbers: (number | null)[], from: number, to: number): boolean {
  return numbers.length === to - from + 1 && numbers.every((seq, i) => seq === from + i);
}

describe("a thread", () => {
  test("opens at the newest and grows backwards without holes to its first message", async () => {
    const thread = new Thread(fake, id, 0);
    await thread.openNewest();
    expect(isRun(seqs(thread), 441, 500)).toBe(true);
    while (thread.older) await thread.loadOlder();
    expect(isRun(seqs(thread), 1, 500)).toBe(true);
  });

  test("opened around a hit it reads on to the newest, and only then takes what is new", async () => {
    const thread = new Thread(fake, id, 0);
    await thread.openAround(200);
    expect(thread.found).toBe(200);
    thread.apply([fake.customerWrites(id, "новое")], []);
    expect(seqs(thread)).not.toContain(501);
    expect(thread.arrived).toHaveLength(1);
    while (thread.newer) await thread.loadNewer();
    expect(seqs(thread).at(-1)).toBe(501);
    expect(isRun(seqs(thread), seqs(thread)[0] ?? 0, 501)).toBe(true);
  });

  test("what happens while a page is being read is not lost", async () => {
    const thread = new Thread(fake, id, 0);
    const query = fake.query.bind(fake);
    fake.query = async (asked: PageQuery) => {
      const answer = await query(asked);
      thread.apply([fake.customerWrites(id, "между")], []);
      return answer;
    };
    await thread.openNewest();
    expect(seqs(thread).at(-1)).toBe(501);
  });

  test("a gap is asked for once, and closes when it is filled", async () => {
    const dialog = fake.dialog(id);
    dialog.items = dialog.items.filter((item) => item.seq === null || item.seq < 470 || item.seq > 480);
    dialog.gaps = [{ from: 470, to: 480 }];
    await fake.subscribe((push) => {
      if (push.push !== "events") return;
      for (const event of push.events) if (event.event === "gap_filled") filled.push([event.from, event.to]);
    });
    const filled: [number, number][] = [];
    const thread = new Thread(fake, id, 0);
    await thread.openNewest();
    const gap = thread.entries.find((entry) => entry.what === "gap");
    if (gap?.what !== "gap") throw new Error("no gap is shown");
    await Promise.all([thread.fillGap(gap.gap), thread.fillGap(gap.gap)]);
    expect(fake.asked.filter((one) => one.do === "fill_gap")).toHaveLength(1);
    expect(filled).toEqual([[470, 480]]);
    await thread.gapFilled(470, 480);
    expect(thread.entries.some((entry) => entry.what === "gap")).toBe(false);
    expect(isRun(seqs(thread), seqs(thread)[0] ?? 0, 500)).toBe(true);
  });

  test("a read that fails says so and keeps what is shown", async () => {
    const thread = new Thread(fake, id, 0);
    await thread.openNewest();
    const shown = seqs(thread).length;
    fake.query = () => Promise.reject(new Error("gone"));
    await thread.loadOlder();
    expect([thread.failed, seqs(thread).length]).toEqual([true, shown]);
  });

  test("after missed changes a refresh drops what left and takes what came", async () => {
    const thread = new Thread(fake, id, 0);
    await thread.openNewest();
    const unsent = {
      ...(fake.dialog(id).items.at(-1) as never as object),
      key: "x",
      seq: null,
      order: 1,
      rev: 9_999,
    };
    thread.apply([unsent as never], []);
    fake.customerWrites(id, "пропущенное");
    await thread.refresh();
    expect(seqs(thread).at(-1)).toBe(501);
  });
});

describe("a date", () => {
  const DAY = 86_400_000;
  const START = Date.UTC(2026, 0, 1);

  /** One message a day, but for the numbers that are missing. */
  async function daily(count: number, missing: readonly number[] = []): Promise<Thread> {
    const fake = new FakeBackend({ dialogs: 24 });
    const dialog = [...fake.desk.dialogs.values()][6];
    if (dialog === undefined) throw new Error("no dialog");
    dialog.items.splice(0);
    for (let i = 1; i <= count; i += 1) {
      fake.desk.put(dialog, "text", { by: "customer" }, `${i}`, START + i * DAY);
    }
    dialog.items = dialog.items.filter((item) => !missing.includes(item.seq ?? 0));
    const thread = new Thread(fake, dialog.id, 0);
    await thread.openNewest();
    return thread;
  }
  const shown = (thread: Thread) =>
    thread.entries.find((entry) => entry.key === thread.jump.key && entry.what === "message");
  const text = (thread: Thread) => {
    const entry = shown(thread);
    return entry?.what === "message" ? entry.item.text : null;
  };

  test.each([
    ["a day with a message", 300, START + 120 * DAY, "120"],
    ["between two messages: the later", 300, START + 120 * DAY + 5, "121"],
    ["before the first", 300, 0, "1"],
    ["after the last", 300, START + 900 * DAY, "300"],
    ["one message only", 1, 0, "1"],
  ])("%s", async (_, count, at, wanted) => {
    const thread = await daily(count);
    expect(await thread.openAt(at, count)).toBe(true);
    expect([text(thread), thread.found]).toEqual([wanted, null]);
  });

  test("in a hole: the next message held", async () => {
    const missing = Array.from({ length: 40 }, (_, i) => 100 + i);
    const thread = await daily(300, missing);
    await thread.openAt(START + 110 * DAY, 300);
    expect(text(thread)).toBe("140");
  });
});
