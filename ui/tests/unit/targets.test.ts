import { beforeEach, expect, test } from "vitest";
import { targetsOf, whyNoBots } from "../../src/actions/targets";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { DialogRow, Operator } from "../../src/backend/types";
import { Workplace } from "../../src/state/workplace.svelte";

let workplace: Workplace;
let row: DialogRow;

beforeEach(async () => {
  const fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
  row = workplace.rows.section("mine")[0] as DialogRow;
});

const told = (id: string, of = row) => {
  const target = targetsOf(workplace, of).find((one) => one.id === id);
  return [target?.detail, target?.reason, target?.mark];
};

/** Colleagues as they are, each in these departments. */
function staff(...departments: string[][]): void {
  workplace.operators = workplace.operators.map((one, i) => ({
    ...one,
    status: "online",
    day: one.day == null ? null : { ...one.day, departments: departments[i] ?? ["elsewhere"] },
  }));
}

test("a department says who of it is online and how many wait for it", () => {
  staff(["sales"], ["sales", "support"]);
  const first = workplace.rows.section("all").find((one) => one.state === "queue") as DialogRow;
  workplace.rows.merge([{ ...first, rev: first.rev + 1, department: "sales" }]);
  expect(told("department sales")).toEqual(["2 online · 1 waiting", undefined, "good"]);
  expect(told("department support")).toEqual(["1 online", undefined, "good"]);
  staff();
  expect(told("department support")).toEqual(["nobody online", undefined, "off"]);
  // Whoever names none works for all.
  staff([]);
  expect(told("department support")).toEqual(["1 online", undefined, "good"]);
});

test("of people who may not be seen nothing is said", () => {
  workplace.operators = workplace.operators.map((one) => ({ ...one, day: null }));
  expect(told("department support")).toEqual(["", undefined, undefined]);
});

test("a dialog is not given to the department in whose queue it waits", () => {
  const waits = { ...row, state: "queue", department: "sales" } as const;
  expect(told("department sales", waits)[1]).toBe("the dialog waits there already");
  expect(told("department support", waits)[1]).toBeUndefined();
});

test.each([
  ["online", undefined, "good"],
  ["break", undefined, "good"],
  ["offline", "the bot is switched off", "off"],
] as const)("a bot that is %s", (status, reason, mark) => {
  const bot: Operator = { id: "op-bot", name: "Bot", status, is_bot: true, day: null };
  workplace.operators = [...workplace.operators, bot];
  expect(told("bot op-bot ")).toEqual(["", reason, mark]);
  expect(told("bot op-bot Возвраты")).toEqual(["Возвраты", reason, mark]);
});

test("the hub says that a bot is off, also to whoever does not see the bot's status", () => {
  const [bot] = workplace.handbook.bots;
  if (bot === undefined) throw new Error("no bot");
  workplace.operators = workplace.operators.filter((one) => one.id !== bot.id);
  expect(whyNoBots(workplace)).toBeNull();
  workplace.handbook = { ...workplace.handbook, bots: [{ ...bot, off: true }] };
  expect(told("bot op-bot Возвраты")).toEqual(["Возвраты", "the bot is switched off", "off"]);
  expect(whyNoBots(workplace)).toBe("All bots are switched off");
  workplace.handbook = {
    ...workplace.handbook,
    bots: [
      { ...bot, off: true },
      { ...bot, id: "other" },
    ],
  };
  expect(whyNoBots(workplace)).toBeNull();
});
