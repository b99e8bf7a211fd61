import { beforeEach, expect, test } from "vitest";
import { EMOJI, GROUPS, ofGroup, recent, search, used } from "../../src/emoji/emoji";

beforeEach(() => localStorage.clear());

test("every group has its emoji, each with a name in both languages", () => {
  for (const group of GROUPS) expect(ofGroup(group).length).toBeGreaterThan(20);
  for (const one of EMOJI) {
    expect(one.title.en).not.toMatch(/[а-яё]/i);
    expect(one.title.ru.length).toBeGreaterThan(1);
  }
  expect(EMOJI.filter((one) => /[а-яё]/i.test(one.title.ru)).length).toBeGreaterThan(EMOJI.length * 0.99);
});

test.each([
  ["спасибо", "🙏"],
  ["cgfcb,j", "🙏"],
  ["thank", "🙏"],
  ["сердце", "❤️"],
  ["heart", "❤️"],
  ["россия", "🇷🇺"],
  ["rocket", "🚀"],
])("%s finds %s", (asked, sign) => {
  expect(search(asked).map((one) => one.sign)).toContain(sign);
});

test.each([
  ["ракета", "🚀"],
  ["hfrtnf", "🚀"],
  ["rocket", "🚀"],
  ["огонь", "🔥"],
])("what is called %s stands before what it is a word for", (asked, sign) => {
  expect(search(asked)[0]?.sign).toBe(sign);
});

test("the last used stand first, each once, and come back with the page", () => {
  const [a, b] = EMOJI;
  if (a === undefined || b === undefined) throw new Error("no emoji");
  for (const one of [a, b, a]) used(one);
  expect(recent().map((one) => one.sign)).toEqual([a.sign, b.sign]);
  for (const one of EMOJI.slice(0, 60)) used(one);
  expect(recent()).toHaveLength(18);
});
