/** Where there are many values of a kind, each of them can be chosen, and by keyboard alone. */
import { cleanup, render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { Workplace } from "../../src/state/workplace.svelte";
import FilterPanel from "../../src/workplace/FilterPanel.svelte";
import InWorkplace from "./InWorkplace.svelte";

const TAGS = Array.from({ length: 60 }, (_, i) => `tag ${String(i + 1).padStart(2, "0")}`);
let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 60, settings: { language: "en" } });
  [...fake.desk.dialogs.values()].forEach((dialog, i) => {
    [dialog.tags, dialog.customerTags, dialog.category] = [[TAGS[i] ?? ""], [], null];
  });
  workplace = new Workplace(fake);
  await workplace.start();
});
afterEach(cleanup);

const shown = () => render(InWorkplace, { workplace, of: FilterPanel, given: {} });

test("the sixtieth tag is found by some of its letters, and chosen with Enter", async () => {
  const { getByRole, queryByRole, getByText } = shown();
  expect(queryByRole("button", { name: "tag 60" })).toBeNull();
  getByText("36 more: type some letters of the name");
  const field = getByRole("textbox", { name: "Tag" });
  await userEvent.type(field, "60");
  getByRole("button", { name: "tag 60" });
  expect(queryByRole("button", { name: "tag 01" })).toBeNull();
  await userEvent.keyboard("{Enter}");
  expect(workplace.listing.filter.tags).toEqual(["tag 60"]);
  // Chosen, it is there to be taken back.
  await userEvent.click(getByRole("button", { name: "tag 60" }));
  expect(workplace.listing.filter.tags).toEqual([]);
});

test("what nothing is called is said, and few values need no field", async () => {
  const { getByRole, getByText, queryByRole } = shown();
  await userEvent.type(getByRole("textbox", { name: "Tag" }), "zzz{Enter}");
  getByText("Nothing is called so");
  expect(workplace.listing.filter.tags).toEqual([]);
  expect(queryByRole("textbox", { name: "Channel" })).toBeNull();
});
