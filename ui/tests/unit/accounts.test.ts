import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { accountName, Accounts, accountWords } from "../../src/accounts/accounts.svelte";
import { FakeAccounts } from "../../src/backend/fake/accounts";
import { FakeBackend } from "../../src/backend/fake/fake";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import { chordFault } from "../../src/keys/chord";
import { accountEntries } from "../../src/palette/entries";
import { Workplace } from "../../src/state/workplace.svelte";
import { perform, whyNot } from "../../src/workplace/perform";

const hands = {
  toggleCard: vi.fn(),
  showCard: vi.fn(),
  walk: vi.fn(),
  page: vi.fn(),
  listShown: () => true,
  focus: vi.fn(),
};
let engine: FakeAccounts;
let accounts: Accounts;

async function begin(count: number): Promise<void> {
  const centre = (seat: number) => (seat === 1 ? "Bank of the North" : `Shop ${seat}`);
  const make = (seat: number) =>
    new FakeBackend({ dialogs: 4, centre: centre(seat), settings: { language: "en" } });
  engine = new FakeAccounts(make, count);
  accounts = new Accounts(engine, false);
  await accounts.start();
}

const front = () => accounts.view?.front;

function press(key: string, altGraph = false): KeyboardEvent {
  const init = { key, code: `Digit${key}`, ctrlKey: true, altKey: true, cancelable: true };
  const event = new KeyboardEvent("keydown", init);
  vi.spyOn(event, "getModifierState").mockReturnValue(altGraph);
  accounts.pressed(event);
  return event;
}

beforeEach(() => useLanguage("en"));
afterEach(() => useLanguage("auto"));

describe("one account", () => {
  test("has nothing to be switched to, and its keys do nothing", async () => {
    await begin(1);
    expect([accounts.several, accounts.elsewhere, press("1").defaultPrevented]).toEqual([false, 0, false]);
    expect(accountEntries(new Workplace(engine.at(1), null, accounts))).toEqual([]);
  });

  test("can be joined by another one, whose sign-in is shown, and which can be taken away again", async () => {
    await begin(1);
    const workplace = new Workplace(engine.at(1), null, accounts);
    await workplace.start();
    expect(whyNot(workplace, "add_account")).toBeNull();
    perform(workplace, hands, "add_account");
    await vi.waitFor(() => expect([accounts.several, front()]).toEqual([true, 2]));
    expect(accounts.seats.map(accountName)).toEqual(["Bank of the North: Вера Ильина", "Waits for you"]);
    await accounts.remove(2);
    expect([accounts.several, front()]).toEqual([false, 1]);
  });
});

describe("several accounts", () => {
  test("count together what wants something where nobody looks", async () => {
    await begin(3);
    const before = accounts.elsewhere;
    engine.desk(2).newCustomer("Good morning");
    engine.desk(1).newCustomer("Good morning");
    expect(accounts.elsewhere).toBe(before + 1);
    await accounts.show(2);
    expect(accounts.elsewhere).toBe(before + 1);
  });

  test("are switched by keys; AltGr writes a sign, and what has no account does nothing", async () => {
    await begin(2);
    expect([press("2").defaultPrevented, front()]).toEqual([true, 2]);
    expect([press("1", true).defaultPrevented, front()]).toEqual([false, 2]);
    expect([press("3").defaultPrevented, front()]).toEqual([false, 2]);
    expect([press("1").defaultPrevented, front()]).toEqual([true, 1]);
    expect([1, 8, 9].map((digit) => chordFault(`mod+alt+${digit}`))).toEqual(["fixed", "fixed", null]);
  });

  test("are in the palette by their names", async () => {
    await begin(2);
    const [here, there] = accountEntries(new Workplace(engine.at(1), null, accounts));
    expect([here?.why, there?.why, there?.chord]).toEqual(["now", null, "mod+alt+2"]);
    there?.run();
    await vi.waitFor(() => expect(front()).toBe(2));
  });

  test("tell a screen reader what is the matter with them", async () => {
    await begin(2);
    engine.desk(2).linkDown(null);
    engine.desk(2).newCustomer("Good morning");
    const [, second] = accounts.seats;
    const count = second?.badge ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(accountWords(second!)).toContain("no connection");
    expect(accountWords(second!)).toMatch(new RegExp(`${count} dialogs? wants? something`));
  });

  test("stay while somebody is signed in, and the last one stays for ever", async () => {
    await begin(2);
    await accounts.remove(1);
    expect(accounts.seats.length).toBe(2);
    for (const seat of [1, 2]) {
      await engine.at(seat).command({ kind: "app", command: { do: "sign_out", stay_online: false } });
      await accounts.remove(seat);
    }
    expect([accounts.seats.length, accounts.seats[0]?.centre, front()]).toEqual([1, null, 2]);
  });

  test("eight are the most", async () => {
    await begin(8);
    const workplace = new Workplace(engine.at(1), null, accounts);
    expect(whyNot(workplace, "add_account")).toBe("There is no room for another account");
  });
});
