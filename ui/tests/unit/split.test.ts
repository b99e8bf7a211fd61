import { describe, expect, test } from "vitest";
import { countChars } from "../../src/text/chars";
import { split } from "../../src/text/split";

describe("a long text is cut", () => {
  test.each([
    [
      "at a blank line",
      "Первое. Второе.\n\nТретье предложение.",
      24,
      ["Первое. Второе.", "Третье предложение."],
    ],
    ["at a line", "one two three\nfour five six", 16, ["one two three", "four five six"]],
    [
      "at a sentence",
      "Да, есть. Доставка два дня, курьер.",
      20,
      ["Да, есть.", "Доставка два дня,", "курьер."],
    ],
    ["at a word", "aaa bbb ccc ddd", 8, ["aaa bbb", "ccc ddd"]],
    ["where there is no seam", "я".repeat(25), 10, ["я".repeat(10), "я".repeat(10), "я".repeat(5)]],
    ["not at all if it fits", "  как раз  ", 7, ["как раз"]],
    ["to nothing if there is nothing", " \n ", 7, []],
  ])("%s", (_, text, limit, parts) => {
    expect(split(text, limit)).toEqual(parts);
  });

  test("no sign put together from several is torn apart", () => {
    const family = "👨‍👩‍👧‍👦";
    const parts = split(family.repeat(5), 10);
    expect(parts.join("")).toBe(family.repeat(5));
    for (const part of parts) expect(part.length % family.length).toBe(0);
  });

  test("a sign longer than the limit is cut all the same", () => {
    const flood = `a${"\u0336".repeat(500)}`;
    const parts = split(flood, 100);
    expect(parts.join("")).toBe(flood);
    expect(parts.every((part) => countChars(part) <= 100)).toBe(true);
  });

  test("whatever it is, every part fits and no letter is lost or turned round", () => {
    // A generator of its own, so that a failure can be repeated.
    let seed = 20_261_120;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const pieces = [
      "слово",
      "a",
      "😀",
      "\n",
      "\n\n",
      ". ",
      "! ",
      " ",
      "длинноесловобезпробелов",
      "«да».",
      "\t",
      "é",
    ];
    for (let turn = 0; turn < 400; turn += 1) {
      const text = Array.from({ length: next(120) }, () => pieces[next(pieces.length)]).join("");
      const limit = 12 + next(60);
      const parts = split(text, limit);
      for (const part of parts) {
        expect(countChars(part)).toBeLessThanOrEqual(limit);
        expect(part.trim()).toBe(part);
        expect(part).not.toBe("");
      }
      expect(parts.join("").replace(/\s+/g, "")).toBe(text.replace(/\s+/g, ""));
    }
  });
});
