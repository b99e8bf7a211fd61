/** What is being put right in a card stays with its customer, whoever is on screen by then. */
import { cleanup, render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { DialogRow } from "../../src/backend/types";
import { Workplace } from "../../src/state/workplace.svelte";
import Card from "../../src/workplace/Card.svelte";
import InWorkplace from "./InWorkplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;
let ira: DialogRow;
let oleg: DialogRow;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
  [ira, oleg] = workplace.rows.section("mine") as [DialogRow, DialogRow];
});
afterEach(cleanup);

const edits = () =>
  fake.asked.flatMap((one) => (one.do === "edit_customer" ? [[one.dialog, one.edit, one.was]] : []));
const card = (row: DialogRow) => render(InWorkplace, { workplace, of: Card, given: { row } });
const shown = (row: DialogRow) => ({ workplace, of: Card, given: { row } });

test("a value that is being changed is kept for its own customer when another dialog is opened", async () => {
  const { getByRole, rerender } = card(ira);
  await userEvent.click(getByRole("button", { name: /^Phone: .* Change$/ }));
  await userEvent.clear(getByRole("textbox", { name: "Phone" }));
  await userEvent.type(getByRole("textbox", { name: "Phone" }), "112");
  await rerender(shown(oleg));
  expect(edits()).toEqual([[ira.id, { phone: "112" }, { phone: ira.phone ?? "" }]]);
});

test("so it is when the card is put away, and once", async () => {
  const { getByRole, unmount } = card(ira);
  await userEvent.click(getByRole("button", { name: /^Comment: .* Change$/ }));
  await userEvent.type(getByRole("textbox", { name: "Comment" }), "VIP");
  unmount();
  expect(edits()).toHaveLength(1);
});

test("what was given up with Esc, or not changed, is not kept", async () => {
  const { getByRole, rerender } = card(ira);
  await userEvent.click(getByRole("button", { name: /^Phone: .* Change$/ }));
  await userEvent.type(getByRole("textbox", { name: "Phone" }), "112{Escape}");
  await userEvent.click(getByRole("button", { name: /^E-mail: .* Change$/ }));
  await rerender(shown(oleg));
  expect(edits()).toEqual([]);
});

test("a value by name that was begun waits in its own dialog", async () => {
  const { getByRole, queryByRole, rerender } = card(ira);
  await userEvent.click(getByRole("button", { name: "Add a field" }));
  await userEvent.type(getByRole("textbox", { name: "Name of the field" }), "Town");
  await userEvent.type(getByRole("textbox", { name: "Value" }), "Tver");
  await rerender(shown(oleg));
  expect(queryByRole("textbox", { name: "Value" })).toBeNull();
  await rerender(shown(ira));
  await userEvent.type(getByRole("textbox", { name: "Value" }), "!{Enter}");
  expect(edits()).toEqual([[ira.id, { variables: { Town: "Tver!" } }, { variables: { Town: "" } }]]);
  await rerender(shown(oleg));
  await rerender(shown(ira));
  expect(queryByRole("textbox", { name: "Value" })).toBeNull();
});
