import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { HANDBOOK } from "../../src/backend/fake/handbook";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import { answersOf, search, shelves, used } from "../../src/templates/finding";
import { keptFrom, templateOf, troubles } from "../../src/templates/keeping";
import { Picker } from "../../src/templates/picker.svelte";
import { fillIn, holes, needed, slashAt } from "../../src/templates/text";
import { inLanguage, valuesOf, type Occasion } from "../../src/templates/values";

const said = (text: string, values: Record<string, string>) =>
  fillIn(text, new Map(Object.entries(values)))
    .map((piece) => piece.text)
    .join("");

describe("a text with variables", () => {
  const maria = { customer: "Мария", number: "7" };

  test.each([
    ["Здравствуйте, {customer}!", "Здравствуйте, Мария!"],
    ["{customer|друг}{number}", "Мария7"],
    ["{name|друг}!", "друг!"],
    ["{unknown|}done", "done"],
    ["{{customer}}", "{Мария}"],
    ["{} { customer } {a b} {customer", "{} { customer } {a b} {customer"],
    ["{track} и {имя-2}", "{track} и {имя-2}"],
    ["", ""],
  ])("%s", (text, whole) => {
    expect(said(text, maria)).toBe(whole);
  });

  test("what is put in is not looked through again", () => {
    expect(said("{customer}", { customer: "{operator|x}", operator: "Ира" })).toBe("{operator|x}");
  });

  test("what nothing is known of stays in sight, and is told from what stands in for it", () => {
    const pieces = fillIn("{customer} {days|2} {track}", new Map([["customer", "Мария"]]));
    expect(pieces.map((piece) => piece.from)).toEqual(["value", "plain", "fallback", "plain", "hole"]);
  });

  test("what has to be filled in is found by its name, also in a text of another day", () => {
    expect(needed("{a} {b|c} {d}")).toEqual(["a", "d"]);
    const names = new Set(["track"]);
    expect(holes("Посылка {track}, {other}, {track|x}", names)).toEqual([
      { name: "track", start: 8, end: 15 },
    ]);
  });
});

describe("a slash", () => {
  test.each([
    ["/", 1, { start: 0, query: "" }],
    ["/при", 4, { start: 0, query: "при" }],
    ["Да, /где пос", 12, { start: 4, query: "где пос" }],
    ["строка\n/x", 9, { start: 7, query: "x" }],
    ["/привет мир", 3, { start: 0, query: "пр" }],
    ["и/или", 5, null],
    ["https://shop", 12, null],
    ["1/2", 3, null],
    ["/ так", 5, null],
    ["/usr/bin", 8, null],
    ["/при\nдальше", 11, null],
    ["", 0, null],
  ])("in %j at %i", (text, caret, slash) => {
    expect(slashAt(text, caret)).toEqual(slash);
  });

  test("far back is none", () => {
    expect(slashAt(`/${"а".repeat(70)}`, 71)).toBe(null);
  });
});

describe("in a dialog", () => {
  let occasion: Occasion;

  beforeEach(() => {
    useLanguage("en");
    const desk = new FakeBackend({ dialogs: 24 }).desk;
    const dialog = [...desk.dialogs.values()][0];
    if (dialog === undefined) throw new Error("an empty desk");
    const row = { ...desk.row(dialog), name: "Мария", number: 17, department: "sales" };
    row.particulars = { ...row.particulars, variables: { plan: "gold", centre: "Чужие" } };
    const me = { id: "me", name: "Вера", status: "online" } as const;
    occasion = { row, me, centre: "Лавка", handbook: HANDBOOK, hour: 9 };
  });
  afterEach(() => useLanguage("auto"));

  test("variables are what the hub would say; a site cannot put its own into their place", () => {
    expect(Object.fromEntries(valuesOf(occasion, "ru"))).toEqual({
      customer: "Мария",
      operator: "Вера",
      greeting: "Доброе утро",
      number: "17",
      department: "Продажи",
      centre: "Лавка",
      plan: "gold",
    });
  });

  test("of a customer without a name nothing is known", () => {
    const values = valuesOf({ ...occasion, row: { ...occasion.row, name: null, department: null } }, "en");
    expect([values.has("customer"), values.has("department")]).toEqual([false, false]);
  });

  test.each([
    ["ru", 4, "Доброй ночи"],
    ["ru-RU", 5, "Доброе утро"],
    ["ru", 12, "Добрый день"],
    ["ru", 17, "Добрый вечер"],
    ["ru", 23, "Доброй ночи"],
    ["en", 9, "Good morning"],
    ["de", 14, "Good afternoon"],
    ["en", 2, "Hello"],
  ])("in %s at %i one says %s", (language, hour, words) => {
    expect(valuesOf({ ...occasion, hour }, language).get("greeting")).toBe(words);
  });

  test("the customer's language goes first, then the interface's", () => {
    const texts = { de: "d", en: "e", pt: "p", "pt-BR": "b" };
    const chosen = (customer: string | null) => inLanguage(texts, customer)?.text;
    expect(["pt-BR", "pt-PT", "EN-gb", "zh", null].map(chosen)).toEqual(["b", "p", "e", "e", "e"]);
    expect(inLanguage({ fr: "f" }, "ru")).toEqual({ language: "fr", text: "f" });
    expect(inLanguage({}, "ru")).toBe(null);
  });
});

describe("finding", () => {
  const answers = answersOf(HANDBOOK.templates);
  const first = (asked: string) => search(answers, asked)[0]?.entry.template.name;
  afterEach(() => localStorage.clear());

  test.each([
    ["привет", "Приветствие"],
    ["ghbdtn", "Приветствие"],
    ["где", "Где посылка"],
    ["посылка", "Где посылка"],
    ["delivery", "Delivery"],
    ["вудшмукн", "Delivery"],
    ["оплата не прошла", "Не прошла оплата"],
    ["отслеживание", "Где посылка"],
    ["рабочих", "Возврат денег"],
    ["working days", "Возврат денег"],
    ["все еще", "Всё ещё здесь?"],
    ["теплые", "Тёплые слова"],
    ["возврт", "Возврат денег"],
  ])("%s finds %s", (asked, name) => {
    expect(first(asked)).toBe(name);
  });

  test("a command goes before a name, and a name before words", () => {
    const of = (name: string, command: string | null, text: string) => ({
      name,
      own: false,
      folder: [],
      command,
      texts: { ru: text },
    });
    const few = answersOf([of("Б", null, "про счёт"), of("Счёт", null, "а"), of("В", "счет", "а")]);
    expect(search(few, "счёт").map((found) => found.entry.template.name)).toEqual(["В", "Счёт", "Б"]);
  });

  test("with nothing asked they stand by folder, one's own first, those used last before all", () => {
    const template = HANDBOOK.templates.find((one) => one.name === "Delivery");
    if (template !== undefined) used(template);
    const { lately, shelves: all } = shelves(answers);
    expect(lately.map((found) => found.entry.template.name)).toEqual(["Delivery"]);
    expect(all.slice(0, 2).map((shelf) => [shelf.own, shelf.place])).toEqual([
      [true, ""],
      [true, "Вежливость"],
    ]);
    expect(all.flatMap((shelf) => shelf.found)).toHaveLength(HANDBOOK.templates.length);
  });
});

describe("the picker", () => {
  const picker = () => new Picker(() => HANDBOOK.templates);
  const typed = (one: Picker, text: string) => one.follow(text, text.length, true);

  test("opens on a slash that is typed, follows it, and closes when nothing fits", () => {
    const one = picker();
    typed(one, "Да, /");
    expect([one.open, one.count]).toEqual([true, HANDBOOK.templates.length]);
    typed(one, "Да, /где");
    expect(one.current?.template.name).toBe("Где посылка");
    typed(one, "Да, /где угодно ещё раз");
    expect(one.open).toBe(false);
    typed(one, "Да, и");
    expect(one.slash).toBe(null);
  });

  test("does not open because the caret came to stand behind a slash", () => {
    const one = picker();
    one.follow("/где", 4, false);
    expect(one.open).toBe(false);
  });

  test("waved away it stays away from that slash, and comes again with another", () => {
    const one = picker();
    typed(one, "/");
    expect(one.dismiss()).toBe(null);
    typed(one, "/пр");
    expect(one.open).toBe(false);
    typed(one, "");
    typed(one, "/");
    expect(one.open).toBe(true);
  });

  test("a slash that was written for the operator goes with the list, if nothing came after it", () => {
    const one = picker();
    one.ask("Да /", 4);
    expect(one.dismiss()).toEqual({ start: 3, query: "" });
    one.ask("Да /", 4);
    typed(one, "Да /щщщ");
    expect([one.open, one.count]).toEqual([true, 0]);
    expect(one.dismiss()).toBe(null);
  });

  test("goes round", () => {
    const one = picker();
    typed(one, "/");
    one.choose(-1);
    expect(one.chosen).toBe(one.count - 1);
    one.choose(one.chosen + 1);
    expect(one.chosen).toBe(0);
  });
});

describe("one's own", () => {
  const others = HANDBOOK.templates;

  test("begins with the words and a name of their beginning, and is kept as the hub takes it", () => {
    const kept = keptFrom("Здравствуйте! Чем я могу вам помочь сегодня вечером?", "ru");
    expect([kept.before, kept.name]).toEqual([null, "Здравствуйте! Чем я могу вам помочь"]);
    Object.assign(kept, { command: "/чем", folder: "Мои / Утро/ ", name: "Чем помочь" });
    expect([...troubles(kept, others, 100)]).toEqual([]);
    expect(templateOf(kept)).toEqual({
      folder: ["Мои", "Утро"],
      command: "чем",
      texts: { ru: "Здравствуйте! Чем я могу вам помочь сегодня вечером?" },
    });
  });

  test.each([
    [{ name: " " }, "nameless"],
    [{ name: "ж".repeat(101) }, "nameless"],
    [{ name: "Прощание" }, "name_taken"],
    [{ command: "два слова" }, "command"],
    [{ command: "ГДЕ" }, "command_taken"],
    [{ folder: "1/2/3/4/5/6" }, "folder"],
    [{ texts: { ru: "  " } }, "empty"],
    [{ texts: { ru: "ж".repeat(101) } }, "long"],
  ])("%j is %s", (change, trouble) => {
    const kept = { ...keptFrom("слова", "ru"), ...change };
    expect([...troubles(kept, others, 100)]).toEqual([trouble]);
  });

  test("put right it may keep its own name and command", () => {
    const own = others.find((one) => one.name === "Прощание");
    if (own === undefined) throw new Error("no template of one's own");
    expect([...troubles(keptFrom(own, "ru"), others, 100)]).toEqual([]);
  });
});
