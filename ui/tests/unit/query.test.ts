import { describe, expect, test } from "vitest";
import type { Channel, Operator } from "../../src/backend/types";
import { hasWords, parse, without } from "../../src/state/query";

const OPERATORS = [
  { id: "op1", name: "Олег Семёнов", status: "online" },
  { id: "op2", name: "Ира", status: "online" },
] as unknown as Operator[];
const CHANNELS = [{ id: "web", name: "Сайт", transport: "widget", text_chars: 1, page: null }] as Channel[];
const NOW = new Date(2026, 10, 20, 15, 30).getTime();

function read(text: string) {
  return parse(text, { operators: OPERATORS, channels: CHANNELS, now: NOW });
}

function day(year: number, month: number, date: number): number {
  return new Date(year, month - 1, date).getTime();
}

describe("what is typed into the search field", () => {
  test("words alone are words", () => {
    expect(read("где мой заказ: срочно").search).toEqual({ words: "где мой заказ: срочно" });
    expect(read("http://x.example").search.words).toBe("http://x.example");
  });

  test("conditions stand anywhere, in either language, and leave the words alone", () => {
    const { search, conditions } = read('заказ клиент:"Мария П" доставка operator:олег канал:сайт');
    expect(search).toEqual({
      words: "заказ  доставка",
      customer: "Мария П",
      operator: "op1",
      channel: "web",
    });
    expect(conditions.map(({ key, unknown }) => [key, unknown])).toEqual([
      ["customer", false],
      ["operator", false],
      ["channel", false],
    ]);
  });

  test("an operator is meant by the beginning of any of his names, ё as е", () => {
    expect(read("оператор:семен").search.operator).toBe("op1");
    expect(read("оператор:ира").search.operator).toBe("op2");
  });

  test.each([
    ["с:2026-11-01", day(2026, 11, 1)],
    ["since:01.11.2026", day(2026, 11, 1)],
    ["с:1.11", day(2026, 11, 1)],
    ["с:01.11.25", day(2025, 11, 1)],
    ["с:сегодня", day(2026, 11, 20)],
    ["since:yesterday", day(2026, 11, 19)],
  ])("%s", (typed, since) => {
    expect(read(typed).search.since).toBe(since);
  });

  test("the last day is part of it", () => {
    expect(read("по:19.11.2026").search.until).toBe(day(2026, 11, 20));
  });

  test.each(["с:31.02.2026", "с:завтра", "оператор:никто", "канал:почта", 'клиент:""'])(
    "%s is told as not understood and narrows nothing down",
    (typed) => {
      const { search, conditions } = read(`заказ ${typed}`);
      expect(search).toEqual({ words: "заказ" });
      expect(conditions).toMatchObject([{ typed, unknown: true }]);
    },
  );

  test("a condition is taken out of the field", () => {
    expect(without("заказ клиент:мария доставка", "клиент:мария")).toBe("заказ доставка");
    expect(without("клиент:мария", "клиент:мария")).toBe("");
  });

  test("without a word there is nothing to look for in messages", () => {
    expect([hasWords(read("клиент:мария").search), hasWords(read("?!").search)]).toEqual([false, false]);
    expect(hasWords(read("клиент:мария 17").search)).toBe(true);
  });
});
