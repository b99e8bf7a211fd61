import { describe, expect, test } from "vitest";
import type { Candidate, Customer, DialogRow, Identity } from "../../src/backend/types";
import { FakeDesk } from "../../src/backend/fake/desk";
import { FakeBackend } from "../../src/backend/fake/fake";
import { firstReachable } from "../../src/card/identities";
import { compare, idOf, resultOf, unionOf } from "../../src/card/union";
import { Workplace } from "../../src/state/workplace.svelte";
import { isSeveral, personOf } from "../../src/state/persons";

const desk = new FakeDesk(() => 10_000_000);

function row(): DialogRow {
  const plain = desk.row(desk.add(0, 40));
  const particulars = {
    ...plain.particulars,
    tags: ["vip"],
    comment: "тихий",
    variables: { город: "Тверь" },
  };
  return { ...plain, name: "Мария", phone: "+7", email: null, particulars };
}

function other(): Customer {
  return {
    id: "customer-9",
    name: "Маша",
    number: 9,
    named: true,
    email: "m@example.org",
    phone: "+7",
    language: "ru",
    particulars: {
      tags: ["опт"],
      comment: "звонила",
      variables: { город: "Клин", заказ: "7" },
      restricted: false,
      block: null,
    },
  };
}

describe("two cards", () => {
  test("are asked about where both say something, and not the same", () => {
    const lines = compare(row(), other());
    expect(lines.filter((line) => line.differs).map(idOf)).toEqual(["name ", "comment ", "variable город"]);
    expect(lines.map((line) => [line.key, line.this, line.other])).toEqual([
      ["name", "Мария", "Маша"],
      ["phone", "+7", "+7"],
      ["email", "", "m@example.org"],
      ["comment", "тихий", "звонила"],
      ["tags", "vip", "опт"],
      ["variable", "Тверь", "Клин"],
      ["variable", "", "7"],
    ]);
    expect(lines.map((line) => resultOf(line, "other"))).toEqual([
      "Маша",
      "+7",
      "m@example.org",
      "звонила",
      "vip, опт",
      "Клин",
      "7",
    ]);
    expect(resultOf(lines[3] ?? expect.fail(), "both")).toBe("тихий\nзвонила");
  });

  test("leave this one's where nothing was chosen, and tell the hub of what was", () => {
    const lines = compare(row(), other());
    expect(unionOf(lines, {})).toEqual({
      name: "this",
      email: "this",
      phone: "this",
      comment: "this",
      variables: { город: "this" },
    });
    const sides = { "name ": "other", "comment ": "both", "variable город": "other" } as const;
    expect(unionOf(lines, sides)).toEqual({
      name: "other",
      email: "this",
      phone: "this",
      comment: "both",
      variables: { город: "other" },
    });
  });

  test("do not ask about a name that nobody gave", () => {
    const lines = compare(row(), { ...other(), named: false, name: "Customer 9" });
    expect(lines.find((line) => line.key === "name")?.differs).toBe(false);
  });
});

test("the way that was used last and is free is chosen first", () => {
  const way = (customer: string, seen_at: number, busy: boolean): Identity => ({
    customer,
    number: 1,
    channel: "web",
    dialog: customer,
    seen_at,
    on_site: false,
    open: null,
    unreachable: busy ? { code: "dialog_open" } : null,
  });
  const ways = [way("a", 3, true), way("b", 1, false), way("c", 2, false)];
  expect(firstReachable(ways)?.customer).toBe("c");
  expect(firstReachable(ways.slice(0, 1))).toBeUndefined();
});

describe("a person", () => {
  async function started(): Promise<{
    fake: FakeBackend;
    workplace: Workplace;
    two: [DialogRow, DialogRow];
  }> {
    const fake = new FakeBackend({ dialogs: 24 });
    const workplace = new Workplace(fake);
    await workplace.start();
    const [one, two] = workplace.rows.section("mine");
    if (one === undefined || two === undefined) throw new Error("two dialogs");
    return { fake, workplace, two: [one, two] };
  }

  async function joined(workplace: Workplace, [one, two]: [DialogRow, DialogRow]): Promise<void> {
    const union = unionOf([], {});
    const deed = { deed: "join", other: two.id, union, person: personOf(one), other_person: personOf(two) };
    expect(await workplace.deed(one.id, deed as Parameters<Workplace["deed"]>[1])).toBe(true);
  }

  test("has the dialogs of all his customers, and each keeps his own", async () => {
    const { workplace, two } = await started();
    await joined(workplace, two);
    const rows = two.map((row) => workplace.rows.get(row.id) ?? expect.fail());
    expect(rows.every(isSeveral)).toBe(true);
    expect(new Set(rows.map(personOf)).size).toBe(1);
    expect(rows.map((row) => row.number)).toEqual(two.map((row) => row.number));
    const ids = two.map((row) => row.id).toSorted();
    for (const row of rows)
      expect(
        workplace.past
          .of(row)
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(ids);
  });

  test("comes apart again with what each had", async () => {
    const { workplace, two } = await started();
    await joined(workplace, two);
    const row = workplace.rows.get(two[0].id) ?? expect.fail();
    const ways = (await workplace.past.persons.of(row)) ?? expect.fail();
    const leaver = ways.find(({ number }) => number === two[1].customer_number) ?? expect.fail();
    const deed = { deed: "separate", customer: leaver.customer, person: personOf(row) } as const;
    expect(await workplace.deed(row.id, deed)).toBe(true);
    for (const before of two) {
      const now = workplace.rows.get(before.id) ?? expect.fail();
      expect([now.name, now.phone, now.email]).toEqual([before.name, before.phone, before.email]);
      expect(isSeveral(now)).toBe(false);
    }
  });

  test("is written to where he has no dialog, and what begins there opens", async () => {
    const { fake, workplace, two } = await started();
    await joined(workplace, two);
    const [one, other] = two;
    fake.dialog(other.id).state = "closed_soft";
    workplace.open(one.id);
    const row = workplace.rows.get(one.id) ?? expect.fail();
    const ways = (await workplace.past.persons.of(row)) ?? expect.fail();
    const way = ways.find(({ unreachable }) => unreachable === null) ?? expect.fail();
    const deed = { deed: "invite", text: "Добрый день", customer: way.customer, department: null } as const;
    expect(await workplace.deed(one.id, deed)).toBe(true);
    await workplace.openBegun(row, way.customer);
    expect(workplace.selected).toBe(other.id);
    fake.linkDown(null);
    workplace.open(one.id);
    await workplace.openBegun(row, way.customer);
    expect(workplace.selected).toBe(one.id);
  });

  test("is told to whoever was second that it is done, and joined by nobody without a connection", async () => {
    const { fake, workplace, two } = await started();
    await joined(workplace, two);
    const union = unionOf([], {});
    const [one, other] = two;
    const deed = { deed: "join", other: other.id, union, person: 1, other_person: 2 } as const;
    expect(await workplace.deed(one.id, deed)).toBe(false);
    expect(workplace.toasts.shown.at(-1)?.words).toMatch(/one person|один человек/);
    fake.linkDown(null);
    expect(await workplace.deed(one.id, deed)).toBe(false);
    expect(await workplace.past.persons.like(one, "")).toSatisfy(
      (found: readonly Candidate[] | null) => found === null || found.length >= 0,
    );
  });
});
