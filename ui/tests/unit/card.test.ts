import { describe, expect, test } from "vitest";
import type { CardEdit, CustomerEdit, DialogRow } from "../../src/backend/types";
import { FakeBackend } from "../../src/backend/fake/fake";
import { FakeDesk } from "../../src/backend/fake/desk";
import { bothOf, changeOf, editOf, rivalsOf, valuesOf, variablesOf } from "../../src/card/edits";

const desk = new FakeDesk(() => 10_000_000);

function row(card: CardEdit[] = []): DialogRow {
  const plain = desk.row(desk.add(0, 40));
  const particulars = {
    ...plain.particulars,
    tags: ["vip"],
    comment: "тихий",
    variables: { город: "Тверь" },
  };
  return { ...plain, name: "Мария", phone: "+7", email: null, particulars, card };
}

function waiting(edit: CustomerEdit): CardEdit {
  return { id: "c1", edit, send: { state: "queued" } };
}

describe("a card", () => {
  test("shows what was put right here over what the hub says, the last word over the others", () => {
    const changed = row([
      waiting({ phone: "1" }),
      waiting({ phone: "2", tags: [], variables: { город: "" } }),
    ]);
    expect(valuesOf(changed)).toEqual({ name: "Мария", phone: "2", email: "", comment: "тихий", tags: "" });
    expect(variablesOf(changed)).toEqual({});
    expect(variablesOf(row())).toEqual({ город: "Тверь" });
    expect(editOf(changed, "phone")?.edit.phone).toBe("2");
    expect(editOf(changed, "email")).toBeUndefined();
  });

  test("a change of tags is sorted, each once", () => {
    expect(changeOf("tags", " vip, б ,vip,")).toEqual({ tags: ["vip", "б"] });
    expect(changeOf("phone", " +7 ")).toEqual({ phone: "+7" });
  });

  test("of a conflict both are told, and joined where both can stand", () => {
    const now = { comment: "их", tags: ["a"], variables: { город: "Псков" } };
    const edit = { comment: "мой", tags: ["b"], phone: "1", variables: { город: "Тула" } };
    const entry: CardEdit = {
      id: "c1",
      edit,
      send: { state: "failed", reason: { code: "conflict", now } },
    };
    const rivals = rivalsOf(entry);
    expect(rivals.map(({ key, mine, theirs }) => [key, mine, theirs])).toEqual([
      ["comment", "мой", "их"],
      ["tags", "b", "a"],
      ["variable", "Тула", "Псков"],
    ]);
    expect(rivals.map(bothOf)).toEqual(["их\nмой", "a, b", null]);
    expect(rivalsOf(waiting({ phone: "1" }))).toEqual([]);
  });

  test("what is changed without a connection is shown as waiting, and lands with one", async () => {
    const fake = new FakeBackend({ dialogs: 12 });
    const dialog = [...fake.desk.dialogs.values()][6];
    if (dialog === undefined) throw new Error("a dialog");
    fake.linkDown(null);
    const command = {
      do: "edit_customer",
      dialog: dialog.id,
      edit: { phone: "112" },
      was: { phone: dialog.phone ?? "" },
    } as const;
    await fake.command({ kind: "session", command });
    expect(fake.desk.row(dialog).card).toMatchObject([{ send: { state: "queued" } }]);
    fake.linkUp();
    expect([fake.desk.row(dialog).card, fake.desk.row(dialog).phone]).toEqual([[], "112"]);
  });
});
