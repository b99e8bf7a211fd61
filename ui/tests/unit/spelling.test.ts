import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { PageAnswer, PageQuery } from "../../src/backend/types";
import { moved, Spelling } from "../../src/spelling/spelling.svelte";

describe("the marks move with the words", () => {
  const words = [
    { from: 0, to: 3 },
    { from: 4, to: 7 },
  ];
  test.each([
    ["typed behind both", "abc def", "abc def g", words],
    ["typed at the end of a word", "abc def", "abc defg", [words[0]]],
    [
      "put in before both",
      "abc def",
      "и abc def",
      [
        { from: 2, to: 5 },
        { from: 6, to: 9 },
      ],
    ],
    [
      "put in between",
      "abc def",
      "abc и def",
      [
        { from: 0, to: 3 },
        { from: 6, to: 9 },
      ],
    ],
    ["inside the first", "abc def", "aXbc def", [{ from: 5, to: 8 }]],
    ["joined", "abc def", "abcdef", []],
    ["all gone", "abc def", "", []],
  ])("%s", (_, before, after, kept) => {
    expect(moved(words, before, after)).toEqual(kept);
  });
});

describe("wrong words", () => {
  let fake: FakeBackend;
  let spelling: Spelling;
  beforeEach(() => {
    vi.useFakeTimers();
    fake = new FakeBackend();
    spelling = new Spelling(fake);
  });
  afterEach(() => vi.useRealTimers());

  test("are asked for after a rest, never on the way of a key", async () => {
    const query = vi.spyOn(fake, "query");
    for (let letters = 1; letters <= 7; letters += 1) {
      spelling.follow("превет!".slice(0, letters), true);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(query).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(300);
    expect(query).toHaveBeenCalledTimes(1);
    expect(spelling.words).toEqual([{ from: 0, to: 6 }]);
  });

  test("are not marked while they are being typed", async () => {
    spelling.typedAt = 6;
    spelling.follow("превет", true);
    await vi.advanceTimersByTimeAsync(300);
    expect(spelling.words).toEqual([]);
    spelling.typedAt = null;
    expect(spelling.words).toEqual([{ from: 0, to: 6 }]);
  });

  test("of a text that has changed meanwhile count for nothing", async () => {
    let answer: (answer: PageAnswer) => void = () => undefined;
    const slow = (_: PageQuery) => new Promise<PageAnswer>((done) => (answer = done));
    vi.spyOn(fake, "query").mockImplementationOnce(slow);
    spelling.follow("превет", true);
    await vi.advanceTimersByTimeAsync(300);
    spelling.follow("привет", true);
    answer({ kind: "spelling", by_view: false, words: [{ from: 0, to: 6 }] });
    await vi.advanceTimersByTimeAsync(300);
    expect(spelling.words).toEqual([]);
  });

  test("are gone as soon as nobody wants them, and nothing is asked", async () => {
    spelling.follow("превет", true);
    await vi.advanceTimersByTimeAsync(300);
    const query = vi.spyOn(fake, "query");
    spelling.follow("превет", false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([spelling.words.length, query.mock.calls.length]).toEqual([0, 0]);
  });

  test("come one after the other, round and round", async () => {
    spelling.follow("превет recieve", true);
    await vi.advanceTimersByTimeAsync(300);
    expect([0, 6, 7, 14].map((place) => spelling.from(place)?.from)).toEqual([0, 7, 7, 0]);
    expect(await spelling.suggestions("recieve")).toEqual(["receive", "relieve"]);
  });
});
