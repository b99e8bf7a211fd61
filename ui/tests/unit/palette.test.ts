import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import { ACTIONS } from "../../src/keys/actions";
import {
  actionEntries,
  dialogEntries,
  findDialogs,
  settingEntries,
  type DialogEntry,
} from "../../src/palette/entries";
import { find, pieces } from "../../src/text/match";
import { Workplace } from "../../src/state/workplace.svelte";

const hands = {
  toggleCard: vi.fn(),
  showCard: vi.fn(),
  walk: vi.fn(),
  page: vi.fn(),
  listShown: () => true,
  focus: vi.fn(),
};
let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, settings: { language: "ru" } });
  workplace = new Workplace(fake);
  await workplace.start();
});
afterEach(() => useLanguage("auto"));

const first = (asked: string) => find(actionEntries(workplace, hands), asked)[0]?.entry.key;

describe("an action is found", () => {
  test.each([
    ["принять самый", "accept_oldest"],
    ["самый принять", "accept_oldest"],
    ["accept oldest", "accept_oldest"],
    ["ghbyznm cfvsq", "accept_oldest"],
    ["фссузе щдвуые", "accept_oldest"],
    ["скрытое", "note"],
    ["нaстройки".replace("a", "а"), "settings"],
    ["настойки", "settings"],
    ["yfcnhjqrb", "settings"],
    ["setings", "settings"],
    ["выйти", "sign_out"],
    ["карточка", "card"],
    ["отложить", "hold"],
    ["заблокировать", "block"],
    ["category", "about"],
    ["вернуть боту", "return_to_bot"],
    ["return to bot", "return_to_bot"],
    ["поиск по обращениям", "search_customer"],
  ])("by %s: %s", (asked, action) => {
    expect(first(asked)).toBe(action);
  });

  test("every action of the page is in the palette, by both its names", () => {
    const entries = actionEntries(workplace, hands);
    expect(entries.map((one) => one.key)).toEqual(ACTIONS.filter((action) => action !== "palette"));
    for (const entry of entries) expect(entry.names[0]).not.toBe(entry.names[1]);
  });

  test("what is not there is not found", () => {
    expect(find(actionEntries(workplace, hands), "квантовый скачок")).toEqual([]);
  });
});

test("the letters asked for are marked", () => {
  const [hit] = find([{ names: ["Принять самый давний"] }], "самый");
  expect(pieces("Принять самый давний", hit?.marks ?? [])).toEqual(["Принять ", "самый", " давний"]);
});

test("ё is е, either way", () => {
  const entries = [{ names: ["Тёмная"] }, { names: ["Зеленый"] }];
  expect(find(entries, "темная")[0]?.entry).toBe(entries[0]);
  expect(find(entries, "зелёный")[0]?.entry).toBe(entries[1]);
});

test("a customer is found by name, phone and number", () => {
  const entries = dialogEntries(workplace);
  const row = [...workplace.rows.section("all")].find((one) => one.name === "Марина Соколова");
  expect(find(entries, "соколова")[0]?.entry.names[0]).toBe("Марина Соколова");
  expect(find(entries, "cjrjkjdf")[0]?.entry.names[0]).toBe("Марина Соколова");
  expect(find(entries, String(row?.number)).map((one) => one.entry.key)).toContain(row?.id);
});

test.each(["+7 900 123-45-67", "89001234567", "900123", "8 (900) 123"])(
  "a customer is found by his phone typed as %s, as in the search",
  (typed) => {
    const [entry] = dialogEntries(workplace);
    const phoned = { ...entry, phone: "+7 (900) 123-45-67" } as DialogEntry;
    const other = { ...entry, key: "other", phone: "+7 900 765-43-21" } as DialogEntry;
    expect(findDialogs([other, phoned], typed).map((one) => one.entry)).toEqual([phoned]);
  },
);

describe("doing it", () => {
  test("an action says why it cannot be done now", async () => {
    const why = (key: string) => actionEntries(workplace, hands).find((one) => one.key === key)?.why;
    expect(why("close")).toBe("Сначала откройте диалог");
    expect(why("status_online")).toBe("Это и есть ваш статус");
    workplace.open(workplace.rows.section("mine")[0]?.id ?? null);
    expect(why("close")).toBeNull();
    expect(why("accept")).toBe("Диалог уже принят");
    expect([why("hold"), why("invite")]).toEqual([null, "Этот диалог ещё не завершён окончательно"]);
    workplace.showSettings();
    expect(why("close")).toBe("Сначала откройте диалог");
  });

  test("the last message is quoted, copied and deleted without the mouse, and it says what there is not", async () => {
    const entry = (key: string) => actionEntries(workplace, hands).find((one) => one.key === key);
    expect(entry("quote_last")?.why).toBe("Сначала откройте диалог");
    const dialog = [...fake.desk.dialogs.values()].find(
      (one) => one.owner !== null && one.state === "active",
    );
    const mine = workplace.rows.section("mine")[0];
    const open = fake.dialog(mine?.id ?? dialog?.id ?? "");
    open.items.splice(0);
    workplace.open(open.id);
    await vi.waitFor(() => expect(workplace.thread?.loaded).toBe(true));
    expect([entry("quote_last")?.why, entry("copy_last")?.why, entry("delete_last")?.why]).toEqual([
      "Такого сообщения здесь нет",
      "Такого сообщения здесь нет",
      "Здесь нет вашего сообщения, которое можно удалить",
    ]);
    const said = fake.customerWrites(open.id, "Где мой заказ?");
    const own = fake.desk.put(open, "text", { by: "operator", id: "me", name: "Я" }, "Смотрю");
    own.mine = true;
    fake.changed(open, [own]);
    entry("quote_last")?.run();
    expect(workplace.composer.quote).toEqual({ seq: said.seq, excerpt: "Где мой заказ?" });
    entry("delete_last")?.run();
    expect(fake.asked.findLast((one) => one.do === "do")).toEqual({
      do: "do",
      dialog: open.id,
      deed: { deed: "delete_message", seq: own.seq },
    });
    const copied = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: copied } });
    entry("copy_last")?.run();
    vi.unstubAllGlobals();
    expect(copied).toHaveBeenCalledWith("Где мой заказ?");
  });

  test("a setting changes and says what it is now", async () => {
    const of = (key: string) => settingEntries(workplace).find((one) => one.key === key);
    expect(of("sounds")?.note).toBe("включено");
    of("sounds")?.run();
    await Promise.resolve();
    expect([fake.settings.sounds, of("sounds")?.note]).toEqual([false, "выключено"]);
    const dark = settingEntries(workplace).find((one) => one.names.includes("Theme: Dark"));
    dark?.run();
    await Promise.resolve();
    expect(fake.settings.theme).toBe("dark");
  });

  test("the next unread dialog of one's own, round and round; a word if there is none", () => {
    const unread = () => workplace.rows.section("mine").filter((row) => row.unread > 0);
    expect(unread().length).toBeGreaterThan(1);
    const [one, two] = unread();
    workplace.nextUnread();
    expect(workplace.selected).toBe(one?.id);
    workplace.nextUnread();
    expect(workplace.selected).toBe(two?.id);
    for (const row of unread()) (workplace.open(row.id), workplace.seen(row.last_seq));
    workplace.nextUnread();
    expect(workplace.toasts.shown.at(-1)?.words).toBe("В ваших диалогах нет непрочитанного");
  });
});
