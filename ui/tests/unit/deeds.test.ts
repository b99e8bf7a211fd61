import { render, screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { type DialogDeed, whyNoDeed } from "../../src/actions/deeds";
import { FakeBackend } from "../../src/backend/fake/fake";
import { FakeDesk, ME } from "../../src/backend/fake/desk";
import type { DialogRow, Right } from "../../src/backend/types";
import { t } from "../../src/i18n/i18n.svelte";
import { denied } from "../../src/state/words";
import { Workplace } from "../../src/state/workplace.svelte";
import OfferBar from "../../src/workplace/OfferBar.svelte";
import InWorkplace from "./InWorkplace.svelte";

function row(change: Partial<DialogRow> = {}, can: Partial<DialogRow["can"]> = {}): DialogRow {
  const desk = new FakeDesk(() => 0);
  const dialog = desk.add(6, 40);
  dialog.owner = ME.name;
  const made = desk.row(dialog);
  return { ...made, section: "mine", ...change, can: { ...made.can, write: null, ...can } };
}

const around = (link: "live" | "down", lacks: Right | null) => ({
  link: { link },
  handbook: { teleport: [] },
  may: (right: Right) => right !== lacks,
});

describe("no button is live that would be refused", () => {
  const OVER = { state: "closed" } as const;
  test.each<[DialogDeed, Right, Partial<DialogRow>, "waits" | "now"]>([
    ["customer", "edit_customer", {}, "waits"],
    ["join", "edit_customer", {}, "waits"],
    ["transcript", "transcript", {}, "now"],
    ["invite", "invite", OVER, "now"],
  ])("%s asks for the right %s", (deed, right, change, when) => {
    expect(whyNoDeed(row(change), deed, around("live", null))).toBeNull();
    expect(whyNoDeed(row(change), deed, around("live", right))).toBe(t("denied.no_right"));
    const offline = when === "now" ? t("denied.offline") : null;
    expect(whyNoDeed(row(change), deed, around("down", null))).toBe(offline);
  });

  test("contacts are asked for where the channel carries no files, and not where the hub says no", () => {
    const live = around("live", null);
    expect(whyNoDeed(row({}, { send_file: "no_right" }), "contact", live)).toBeNull();
    expect(whyNoDeed(row({}, { contacts: "not_yours" }), "contact", live)).toBe(denied("not_yours"));
    expect(whyNoDeed(row(), "contact", around("down", null))).toBe(t("denied.offline"));
  });

  test("one who has an open dialog is not invited, with the right and without", () => {
    expect(whyNoDeed(row(), "invite", around("live", "invite"))).toBe(t("action.why.not_over"));
  });

  test("an offer is declined without the right to transfer, and not without a connection", async () => {
    const fake = new FakeBackend({ dialogs: 3, settings: { language: "en" } });
    const workplace = new Workplace(fake);
    await workplace.start();
    render(InWorkplace, {
      workplace,
      of: OfferBar,
      given: { row: row({ offer_until: null }, { transfer: "no_right" }) },
    });
    const decline = () =>
      screen.getByRole("button", { name: t("offer.decline") }).getAttribute("aria-disabled");
    expect(decline()).toBeNull();
    fake.linkDown(null);
    await vi.waitFor(() => expect(decline()).toBe("true"));
  });
});
