import { describe, expect, test } from "vitest";
import type { CardEdit, CustomerEdit, DialogRow } from "../../src/backend/types";
import { FakeBackend } from "../../src/backend/fake/fake";
import { FakeDesk } from "../../src/backend/fake/desk";
import { Journeys } from "../../src/state/journeys.svelte";
import { pagesOf, placeWords, shortUrl } from "../../src/card/journey";
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

describe("a way", () => {
  const visit = (path: string, at: number) => ({ url: `https://shop.example/${path}`, title: path, at });
  const journey = { pages: [visit("", 1), visit("cart", 2)] };

  test("begins with the page he is on, which the row knows first", () => {
    const cart = { url: "https://shop.example/cart", title: "cart" };
    const titles = (presence: "on_site" | "left_site", page: typeof cart | null, known = true) =>
      pagesOf({ page, presence }, known ? journey : null).map(({ title, at, now }) => [title, at, now]);
    expect(titles("on_site", cart)).toEqual([
      ["cart", 2, true],
      ["", 1, false],
    ]);
    expect(titles("left_site", cart)[0]).toEqual(["cart", 2, false]);
    expect(titles("on_site", { url: "https://shop.example/pay", title: "pay" })).toEqual([
      ["pay", null, true],
      ["cart", 2, false],
      ["", 1, false],
    ]);
    expect(titles("on_site", cart, false)).toEqual([["cart", null, true]]);
    expect(titles("on_site", null, false)).toEqual([]);
  });

  test("a place is told from the nearest on, each name once", () => {
    const moscow = { en: "Moscow", ru: "Москва" };
    const place = { country: "RU", region: moscow, city: moscow };
    expect([placeWords(place, "ru"), placeWords(place, "en")]).toEqual(["Москва, Россия", "Moscow, Russia"]);
    expect(placeWords({ country: "RU", city: { en: "Tula" } }, "ru")).toBe("Tula, Россия");
    expect([placeWords({ country: "??" }, "en"), placeWords(null, "en")]).toEqual(["??", ""]);
  });

  test("an address is shown short", () => {
    expect(shortUrl("https://shop.example/")).toBe("shop.example");
    expect(shortUrl("https://shop.example/a/b?c=d#e")).toBe("shop.example/a/b");
    expect(shortUrl("no address")).toBe("no address");
  });

  test("is asked of the hub, and stays as it was told last without a connection", async () => {
    const fake = new FakeBackend({ dialogs: 12 });
    const [dialog] = fake.desk.dialogs.values();
    if (dialog === undefined) throw new Error("a dialog");
    const [journeys, of] = [new Journeys(fake), fake.desk.row(dialog)];
    expect(journeys.of(of)).toBeNull();
    await journeys.load(of);
    expect(journeys.of(of)?.zone).toBe("Asia/Vladivostok");
    fake.linkDown(null);
    fake.command = () => Promise.reject(new Error("no connection"));
    await journeys.load(of);
    expect(journeys.of(of)?.pages.length).toBeGreaterThan(0);
    journeys.forget();
    expect(journeys.of(of)).toBeNull();
  });
});
