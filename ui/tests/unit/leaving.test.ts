import { cleanup, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import Seat from "../../src/accounts/Seat.svelte";
import { FakeBackend } from "../../src/backend/fake/fake";
import { SIGNED_OUT } from "../../src/backend/fake/machine";
import type { AppView } from "../../src/backend/types";
import { Workplace } from "../../src/state/workplace.svelte";

const WHO = { address: "https://hub.example", login: "vera" };

describe("a workplace that is left", () => {
  test("hands over the words in the middle of which its screen went", async () => {
    const fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
    const workplace = new Workplace(fake);
    await workplace.start();
    const [mine] = workplace.rows.section("mine");
    workplace.open(mine?.id ?? null);
    await workplace.composer.settle();
    workplace.composer.write("One mom", false);
    fake.show({ screen: "starting" });
    const last = { do: "save_draft", dialog: mine?.id, text: "One mom", note: false };
    await vi.waitFor(() => expect(fake.asked).toContainEqual(last));
  });
});

describe("the sign-in screen", () => {
  beforeEach(() => {
    vi.stubGlobal("matchMedia", () => ({
      matches: false,
      addEventListener: vi.fn(),
      removeEventListener: vi.fn(),
    }));
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  async function shown(view: Partial<Extract<AppView, { screen: "sign_in" }>>): Promise<void> {
    const fake = new FakeBackend({ dialogs: 0, settings: { language: "en" } });
    render(Seat, { backend: fake });
    fake.show({ ...SIGNED_OUT, ...view } as AppView);
    await screen.findByRole("textbox", { name: "Login" });
  }

  test("says what an ended session has left, and takes no word for a password", async () => {
    await shown({ ...WHO, error: { code: "session_ended" } });
    expect(screen.getByRole("alert").textContent).toMatch(/ended your session.*kept.*removed/);
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Login" }).value).toBe("vera");
    await userEvent.keyboard("ent, please{Enter}");
    expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("");
  });

  test("asks whoever is known for his password, and stays in the field that he fills", async () => {
    await shown(WHO);
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
    cleanup();
    await shown({});
    const address = screen.getByRole<HTMLInputElement>("textbox", { name: "Hub address" });
    expect(document.activeElement).toBe(address);
    await userEvent.keyboard("hub.example");
    expect(address.value).toBe("hub.example");
  });
});
