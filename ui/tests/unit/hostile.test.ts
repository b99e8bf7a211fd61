// Invariant 13.
import { cleanup, render } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { DialogRow, ThreadItem } from "../../src/backend/types";
import MessageText from "../../src/parts/MessageText.svelte";
import HostileField from "./HostileField.svelte";
import { HOSTILE } from "./hostile";

afterEach(cleanup);

const DANGEROUS =
  "script, img, iframe, object, embed, link, style, math, a, form, template, foreignObject, animate";

function dangers(root: Element): string[] {
  const elements = [...root.querySelectorAll(DANGEROUS)].map((one) => one.tagName);
  const handlers = [...root.querySelectorAll("*")].flatMap((one) =>
    [...one.attributes]
      .filter((attribute) => /^on|^style$|^srcdoc$/i.test(attribute.name))
      .map((one) => one.name),
  );
  return [...elements, ...handlers];
}

test("the corpus is as large as it should be", () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(1_000);
});

test("no hostile text becomes an element: the words stand as they were written", async () => {
  const { container, rerender } = render(MessageText, { text: "", onlink: () => undefined });
  for (const text of HOSTILE) {
    await rerender({ text, onlink: () => undefined });
    expect(container.textContent).toBe(text);
    const elements = [...container.querySelectorAll("*")].map((one) => one.tagName);
    expect(elements.filter((name) => name !== "BUTTON" && name !== "DIV")).toEqual([]);
    expect(dangers(container)).toEqual([]);
  }
});

test("no hostile field of a row, a card, a header, a message, a hit or a toast becomes an element", async () => {
  const fake = new FakeBackend({ dialogs: 24 });
  const dialog = [...fake.desk.dialogs.values()][6];
  if (dialog === undefined) throw new Error("no dialog");
  const row = fake.desk.row(dialog);
  const item = dialog.items.at(-1) as ThreadItem;
  for (const text of HOSTILE.filter((_, i) => i % 9 === 0)) {
    const hostile: DialogRow = {
      ...row,
      name: text,
      email: text,
      phone: text,
      language: text,
      channel: text,
      assignee: text,
      typing: text,
      page: { url: text, title: text },
      last: { kind: "text", author: { by: "customer" }, text, at: 0 },
    };
    const author = { by: "operator", id: "o", name: text } as const;
    const messages = [
      { ...item, key: "1", text },
      { ...item, key: "2", text, author },
      { ...item, key: "3", text: `accepted ${text}`, kind: "system" as const },
      { ...item, key: "4", text, author, kind: "note" as const },
      { ...item, key: "5", text, kind: "place" as const, details: { place: { latitude: 1, longitude: -2 } } },
      { ...item, key: "6", text, kind: "place" as const },
      { ...item, key: "7", text, kind: "sticker" as const },
      { ...item, key: "8", text, kind: "contacts" as const },
    ];
    const { container, unmount } = render(HostileField, {
      row: hostile,
      items: messages,
      backend: fake,
      text,
    });
    await tick();
    expect(container.textContent).toContain(text.slice(0, 20).trim().split(/\s/)[0]);
    expect(dangers(container).filter((what) => what !== "style")).toEqual([]);
    unmount();
  }
});
