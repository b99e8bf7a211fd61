import { render, screen } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { settingEntries } from "../../src/palette/entries";
import SettingsPage from "../../src/settings/SettingsPage.svelte";
import { Workplace } from "../../src/state/workplace.svelte";
import InWorkplace from "./InWorkplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 3, settings: { language: "en" } });
  workplace = new Workplace(fake);
});

const said = () => workplace.toasts.shown.map((toast) => toast.words);

describe("the machine", () => {
  test("what the administrator has laid down is known before the settings are opened", async () => {
    fake.machine.policy = { contact: "IT", locked: ["popup_text"] };
    await workplace.start();
    await workplace.machine.load();
    expect([workplace.machine.locks("popup_text"), workplace.machine.locks("volume")]).toEqual([true, false]);
  });

  test("what is laid down cannot be changed on its page nor from the palette, and both say whose word it is", async () => {
    fake.machine.policy = { contact: "IT", locked: ["spelling", "own_words", "theme"] };
    await workplace.start();
    await workplace.machine.load();
    const settings = { ...fake.settings, own_words: ["карабин"] };
    render(InWorkplace, { workplace, of: SettingsPage, given: { settings } });
    const words = workplace.machine.whyLocked("spelling") ?? "";
    expect(words).toContain("IT");
    const field = (of: HTMLElement) => of.closest("fieldset");
    expect(field(screen.getByRole("switch", { name: /Spelling|spelling/ }))?.disabled).toBe(true);
    expect(field(screen.getByRole("button", { name: /карабин/, hidden: true }))?.disabled).toBe(true);
    const why = (key: string) => settingEntries(workplace).find((one) => one.key.startsWith(key))?.why;
    expect([why("spelling"), why("settings.theme"), why("sounds"), why("settings.language")]).toEqual([
      words,
      words,
      null,
      null,
    ]);
  });

  test("an update that is ready is told without being asked for", async () => {
    await workplace.start();
    expect(workplace.machine.ready).toBeNull();
    workplace.take({
      push: "machine",
      machine: { ...fake.machine.view, update: { update: "ready", version: "0.2.0" } },
    });
    expect(workplace.machine.ready).toBe("0.2.0");
  });

  test("an answer that was under way while it was told something newer is not believed", async () => {
    await workplace.start();
    const asked = workplace.machine.load();
    workplace.take({
      push: "machine",
      machine: { ...fake.machine.view, update: { update: "failed", why: "signature" } },
    });
    await asked;
    expect(workplace.machine.view?.update).toEqual({ update: "failed", why: "signature" });
  });

  test("a switch shows what the machine says, not what was clicked", async () => {
    await workplace.start();
    await workplace.machine.do({ machine: "use_hotkey", on: true });
    expect(workplace.machine.view?.hotkey.on).toBe(true);
    fake.refusals.set("machine", { error: "set_by_administrator" });
    await workplace.machine.do({ machine: "use_hotkey", on: false });
    expect(workplace.machine.view?.hotkey.on).toBe(true);
    expect(said()).toEqual(["This is set by your administrator."]);
  });

  test("settings are saved to a file and taken from one, and a wrong one is refused with words", async () => {
    await workplace.start();
    await workplace.machine.saveSettings();
    await workplace.machine.takeSettings("{}");
    await workplace.machine.takeSettings('{"format":"otklik-settings"}');
    expect(said().join("|")).toMatch(/Saved: .*\.json.*not a file of Otklik's settings.*taken over/);
  });
});
