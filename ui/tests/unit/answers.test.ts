import { expect, test } from "vitest";
import type { ThreadItem } from "../../src/backend/types";
import { FakeBackend } from "../../src/backend/fake/fake";
import { choiceOf, chosenOf, filledOf } from "../../src/state/answers";
import { entriesOf } from "../../src/state/entries";

const fake = new FakeBackend({ dialogs: 24 });
const [dialog] = [...fake.desk.dialogs.values()];
if (dialog === undefined) throw new Error("no dialog");

function said(kind: ThreadItem["kind"], text: string): ThreadItem {
  return { ...fake.customerWrites(dialog?.id ?? "", text), kind };
}

function entries(...items: ThreadItem[]) {
  return entriesOf({ items, gaps: [], older: false, unreadAfter: 0, typing: null });
}

test("a bot's question has its answers, and the one that was chosen", () => {
  const asked: ThreadItem = {
    ...said("keyboard", "Что случилось?\nДоставка\nВозврат\n"),
    author: { by: "bot", id: "b", name: "Бот" },
  };
  const { question, answers } = choiceOf(asked);
  expect([question, answers]).toEqual(["Что случилось?", ["Доставка", "Возврат"]]);
  const chosen = (...after: ThreadItem[]) => chosenOf(entries(asked, ...after), asked.key, answers);
  expect(chosen()).toBeNull();
  expect(chosen(said("text", " Возврат "))).toBe("Возврат");
  expect(chosen(said("text", "Человека!"), said("text", "Возврат"))).toBeNull();
  expect(chosen({ ...said("text", "Доставка"), author: asked.author }, said("text", "Возврат"))).toBe(
    "Возврат",
  );
});

test("a filled form is read line by line, and loses nothing", () => {
  const form = said(
    "contacts",
    "name: Мария\nphone: +7 900 000-00-00\nсайт: https://a.example: да\nбез имени",
  );
  expect(filledOf(form)).toEqual([
    { name: "name", value: "Мария" },
    { name: "phone", value: "+7 900 000-00-00" },
    { name: "сайт", value: "https://a.example: да" },
    { name: "", value: "без имени" },
  ]);
});
