import { afterEach, describe, expect, test } from "vitest";
import { en } from "../../src/i18n/en";
import { Formats } from "../../src/i18n/format";
import { n, t, useLanguage } from "../../src/i18n/i18n.svelte";
import { ru } from "../../src/i18n/ru";

afterEach(() => useLanguage("auto"));

const places = (phrase: string) => [...phrase.matchAll(/\{\w+\}/g)].map(String).sort().join();

describe("words", () => {
  test("both languages have the same keys, and the same places in each phrase", () => {
    expect(Object.keys(ru)).toEqual(Object.keys(en));
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      const [english, russian] = [en[key], ru[key]];
      if (typeof english === "string")
        expect([key, places(russian as string)]).toEqual([key, places(english)]);
      else
        for (const form of Object.values(russian as object)) {
          expect([key, places(form as string)]).toEqual([key, places(english.other)]);
        }
    }
  });

  test("no Russian phrase was left in English, nor the other way round", () => {
    for (const [key, words] of Object.entries(en))
      expect([key, /[а-яё]/i.test(JSON.stringify(words))]).toEqual([key, false]);
    const latin = Object.entries(ru).filter(([, words]) => !/[а-яё]/i.test(JSON.stringify(words)));
    expect(latin.map(([key]) => key)).toEqual([
      "thread.number",
      "thread.arrived",
      "settings.signed_in",
      "accounts.name",
      "search.quoted",
      "row.restricted.mark",
    ]);
  });

  test("every Russian counted phrase has its four forms", () => {
    for (const [key, words] of Object.entries(ru)) {
      if (typeof words === "object")
        expect([key, Object.keys(words).sort()]).toEqual([key, ["few", "many", "one", "other"]]);
    }
  });

  test.each([
    [1, "1 непрочитанное сообщение"],
    [2, "2 непрочитанных сообщения"],
    [5, "5 непрочитанных сообщений"],
    [11, "11 непрочитанных сообщений"],
    [21, "21 непрочитанное сообщение"],
    [104, "104 непрочитанных сообщения"],
  ])("%i in Russian", (count, words) => {
    useLanguage("ru");
    expect(n("row.unread", count)).toBe(words);
  });

  test("the language changes at run time", () => {
    useLanguage("ru");
    expect(t("section.waiting")).toBe("Ожидают");
    useLanguage("en");
    expect(t("section.waiting")).toBe("Waiting");
    expect(document.documentElement.lang).toBe("en");
  });
});

describe("times", () => {
  const formats = new Formats("en", ["s", "min", "h", "d"]);
  test.each([
    [0, "0:00"],
    [42, "0:42"],
    [725, "12:05"],
    [3_725, "1:02:05"],
    [200_000, "2 d"],
    [-5, "0:00"],
  ])("a timer of %i s", (seconds, words) => {
    expect(formats.timer(seconds)).toBe(words);
  });

  test("working time is told in hours and minutes", () => {
    expect([59, 60, 3_599, 3_600, 90_061].map((s) => formats.hours(s))).toEqual([
      "0 min",
      "1 min",
      "59 min",
      "1 h 0 min",
      "25 h 1 min",
    ]);
  });

  test("the time somewhere else is told with how far it is off, and not where nobody knows", () => {
    const noon = Date.UTC(2026, 10, 20, 12);
    expect(formats.timeIn("Asia/Vladivostok", noon)).toMatch(/Fri.*22:00.*GMT\+10/);
    expect(formats.timeIn("Asia/Vladivostok", noon + 60_000)).toMatch(/22:01/);
    expect(new Formats("ru", ["с", "мин", "ч", "д"]).timeIn("Europe/Moscow", noon)).toMatch(/пт.*15:00/);
    expect([formats.timeIn("Mars/Olympus", noon), formats.timeIn("", noon)]).toEqual([null, null]);
  });

  test("what is recent is told by the shortest that suffices", () => {
    const now = new Date(2026, 10, 20, 14, 5).getTime();
    expect(formats.recent(now - 60_000, now)).toBe("14:04");
    expect(formats.recent(now - 2 * 86_400_000, now)).toBe("Wed");
    expect(formats.recent(now - 40 * 86_400_000, now)).toMatch(/Oct/);
  });
});
