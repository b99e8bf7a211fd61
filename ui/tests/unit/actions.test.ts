/** What the actions reckon before they ask. */
import { describe, expect, it } from "vitest";
import { tagsOf } from "../../src/actions/tags";
import { lasting, shownEnd, TERMS } from "../../src/actions/terms";
import { FakeDesk } from "../../src/backend/fake/desk";
import type { CategoryEntry, Operator } from "../../src/backend/types";
import { Formats } from "../../src/i18n/format";
import {
  categoryName,
  colleagues,
  isFull,
  named,
  NO_HANDBOOK,
  wantsCategory,
} from "../../src/state/handbook";
import { find, plain, sift } from "../../src/text/match";

const NOON = new Date(2026, 10, 20, 12, 0).getTime();
const EVENING = new Date(2026, 10, 20, 19, 30).getTime();

describe("until when something is put off", () => {
  const east = (at: Date) => -at.getTimezoneOffset();

  it.each([
    ["quarter", NOON, { lasts: "minutes", minutes: 15 }, new Date(2026, 10, 20, 12, 15)],
    ["hour", NOON, { lasts: "minutes", minutes: 60 }, new Date(2026, 10, 20, 13, 0)],
    ["evening", NOON, { lasts: "hour", hour: 18, tomorrow: false }, new Date(2026, 10, 20, 18, 0)],
    ["evening", EVENING, { lasts: "hour", hour: 18, tomorrow: true }, new Date(2026, 10, 21, 18, 0)],
    ["morning", NOON, { lasts: "hour", hour: 9, tomorrow: true }, new Date(2026, 10, 21, 9, 0)],
  ] as const)("%s", (term, now, wanted, end) => {
    expect(lasting(term, now)).toEqual(wanted.lasts === "hour" ? { ...wanted, east_min: east(end) } : wanted);
    expect(shownEnd(term, now)).toBe(end.getTime());
  });

  it("has an end in the future, or none", () => {
    for (const term of TERMS) {
      const at = shownEnd(term, NOON);
      expect(at === null || at > NOON).toBe(true);
    }
    expect(lasting("reply", NOON)).toEqual({ lasts: "ever" });
  });
});

describe("tags", () => {
  it("stand between commas, each once", () => {
    expect(tagsOf(" vip, доставка ,, vip ,")).toEqual(["vip", "доставка"]);
    expect(tagsOf(" , ")).toEqual([]);
  });
});

describe("the handbook in words", () => {
  const categories: CategoryEntry[] = [
    { key: "delivery", names: { en: "Delivery" }, retired: false },
    { key: "delivery/late", names: { ru: "Опоздание" }, retired: false },
  ];

  it("names in the interface's language, else in any, else by key", () => {
    expect(named({ ru: "Да", en: "Yes" }, "x")).toBe("Yes");
    expect(named({ ru: "Да" }, "x")).toBe("Да");
    expect(named({}, "x")).toBe("x");
  });

  const wanted: [boolean, Record<string, boolean>, string | null, boolean][] = [
    [true, {}, "sales", true],
    [true, { sales: false }, "sales", false],
    [true, { sales: false }, "home", true],
    [true, { sales: false }, null, true],
    [false, { sales: true }, "sales", true],
    [false, { sales: true }, "home", false],
    [false, { sales: true }, null, false],
  ];

  it.each(wanted)(
    "knows where a category is wanted: everywhere %s, in %o, for %s",
    (everywhere, own, department, wants) => {
      const handbook = { ...NO_HANDBOOK, category_required: everywhere, category_required_in: own };
      const desk = new FakeDesk(() => 0);
      expect(wantsCategory(handbook, { ...desk.row(desk.add(0, 40)), department })).toBe(wants);
    },
  );

  it("tells the whole path of a category", () => {
    expect(categoryName(categories, "delivery/late")).toBe("Delivery / Опоздание");
    expect(categoryName(categories, "delivery/late/again")).toBe("Delivery / Опоздание / again");
  });

  const person = (id: string, status: Operator["status"], weight: number): Operator => ({
    id,
    name: id,
    status,
    day: {
      code: status,
      since: 0,
      set_by: { by: "himself" },
      departments: [],
      load: { active: 0, offered: 0, held: 0, weight, most: 300 },
    },
  });

  it("puts first whoever can take a dialog, and leaves oneself out", () => {
    const people = [
      person("away", "offline", 0),
      person("full", "online", 300),
      person("free", "online", 200),
    ];
    expect(colleagues([...people, person("me", "online", 0)], "me").map((one) => one.id)).toEqual([
      "free",
      "full",
      "away",
    ]);
    expect(isFull(person("full", "online", 300))).toBe(true);
    expect(isFull({ id: "x", name: "x", status: "online" } as Operator)).toBe(false);
  });
});

describe("words found by typing", () => {
  it("do not mind case, accents and ё", () => {
    expect(plain("Ёлка, Café-BAR, Йод")).toBe("елка, cafe-bar, йод");
    const entries = [{ names: ["Ёлка, Café-BAR"] }, { names: ["Йод"] }];
    for (const asked of ["елка", "CAFE", "bar елка", "ёлка"])
      expect(find(entries, asked)[0]?.entry).toBe(entries[0]);
    expect(find(entries, "йод").map(({ entry }) => entry)).toEqual([entries[1]]);
  });

  it("keeps every letter's place, so that what was found can be marked", () => {
    for (const text of ["Ёлка", "Ångström", "İstanbul", "straße", "한국", "👩‍👩‍👧 да"])
      expect(plain(text).length).toBe(text.toLowerCase().length);
  });

  it("leaves a list in its own order, also when typed in the wrong layout", () => {
    const entries = ["Продажи", "Поддержка", "Возвраты"].map((name) => ({ names: [name] }));
    expect(sift(entries, " ")).toBe(entries);
    expect(sift(entries, "gj").map(({ names }) => names[0])).toEqual(["Поддержка"]);
    expect(sift(entries, "ghjlf;b").map(({ names }) => names[0])).toEqual(["Продажи"]);
    expect(sift(entries, "пр").map(({ names }) => names[0])).toContain("Продажи");
  });
});

describe("sizes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1 kB"],
    [1_250_000, "1.3 MB"],
    [52_428_800, "52 MB"],
  ])("%i", (bytes, words) => {
    expect(new Formats("en", ["s", "m", "h", "d"]).size(bytes)).toBe(words);
  });
});
