/** Where a customer can be sent, and why not. */
import { describe, expect, it } from "vitest";
import { whyNoDeed } from "../../src/actions/deeds";
import { firstAddress, whyNotThere } from "../../src/actions/teleport";
import { FakeDesk, ME } from "../../src/backend/fake/desk";
import type { DialogRow } from "../../src/backend/types";
import { t } from "../../src/i18n/i18n.svelte";
import { denied } from "../../src/state/words";

const SITES = ["https://shop.example.org", "http://localhost:8080"];

describe("an address", () => {
  it.each([
    "https://shop.example.org",
    " https://SHOP.example.org:443/pay?order=7#top ",
    "http://localhost:8080/x",
  ])("%s is one to be sent to", (address) => {
    expect(whyNotThere(address, SITES)).toBeNull();
  });

  it.each([
    ["", "teleport.empty"],
    [`https://shop.example.org/${"x".repeat(2_000)}`, "words.over"],
    ["shop.example.org/pay", "teleport.bad"],
    ["javascript:alert(1)//https://shop.example.org", "teleport.bad"],
    ["data:text/html,x", "teleport.bad"],
    ["https://anna:secret@shop.example.org/", "teleport.bad"],
    ["http://shop.example.org/", "teleport.elsewhere"],
    ["https://shop.example.org:8443/", "teleport.elsewhere"],
    ["https://shop.example.org.evil.example/", "teleport.elsewhere"],
  ])("%s is none", (address, why) => {
    expect(whyNotThere(address, SITES)).toBe(why);
  });

  it("begins with the page he is on, if it may", () => {
    expect(firstAddress("https://shop.example.org/cart", SITES)).toBe("https://shop.example.org/cart");
    expect(firstAddress("https://other.example/", SITES)).toBe("https://shop.example.org/");
    expect(firstAddress(null, SITES)).toBe("https://shop.example.org/");
    expect(firstAddress(null, [])).toBe("");
  });
});

describe("the button", () => {
  const mine = (change: Partial<DialogRow["can"]> = {}): DialogRow => {
    const desk = new FakeDesk(() => 0);
    const dialog = desk.add(6, 40);
    dialog.owner = ME.name;
    const row = desk.row(dialog);
    return { ...row, section: "mine", can: { ...row.can, teleport: null, ...change } };
  };
  const why = (row: DialogRow, live = true, teleport = SITES) =>
    whyNoDeed(row, "teleport", {
      link: { link: live ? "live" : "down" },
      handbook: { teleport },
      may: () => true,
    });

  it("says why it does nothing", () => {
    expect(why(mine())).toBeNull();
    expect(why(mine(), false)).toBe(denied("offline"));
    expect(why(mine(), true, [])).toBe(t("teleport.off"));
    expect(why(mine({ teleport: "not_on_site" }))).toBe(denied("not_on_site"));
    expect(why(mine({ teleport: "no_right" }))).toBe(denied("no_right"));
    expect(why({ ...mine(), section: "open" })).toBe(denied("not_accepted"));
  });
});
