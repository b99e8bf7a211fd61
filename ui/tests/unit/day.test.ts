import { cleanup, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, describe, expect, test } from "vitest";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import DateField from "../../src/parts/DateField.svelte";
import { dayOf, startOf } from "../../src/text/day";

afterEach(() => {
  cleanup();
  useLanguage("auto");
});

describe("a day", () => {
  test("is its local midnight, and comes back as it was", () => {
    const at = startOf("2026-12-02");
    expect(at).toBe(new Date(2026, 11, 2).getTime());
    expect(dayOf((at ?? 0) + 23 * 3_600_000)).toBe("2026-12-02");
    // Somebody is typing the year.
    const second = startOf("0002-12-02") ?? 0;
    expect([new Date(second).getFullYear(), dayOf(second)]).toEqual([2, "0002-12-02"]);
  });

  test.each(["", "2026-12", "2026-02-31", "2026-13-01", "02.12.2026", "2026-12-02T00:00", "вчера"])(
    "%j is none",
    (text) => expect(startOf(text)).toBeNull(),
  );
});

describe("a field for a day", () => {
  test("says the chosen day in words of the page's language, so that nobody takes the month for the day", async () => {
    useLanguage("ru");
    render(DateField, { label: "Дата", value: "2026-12-02" });
    const field = screen.getByLabelText<HTMLInputElement>("Дата");
    const words = document.getElementById(field.getAttribute("aria-describedby") ?? "");
    expect([field.type, field.lang]).toEqual(["date", "ru"]);
    expect(words?.textContent).toMatch(/^среда, 2 декабря 2026/);
    field.value = "2026-02-12";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await tick();
    expect(words?.textContent).toMatch(/^четверг, 12 февраля 2026/);
    useLanguage("en");
    await tick();
    expect([field.lang, words?.textContent]).toEqual(["en", "Thursday, February 12, 2026"]);
  });

  test("says nothing as long as no day is chosen", () => {
    render(DateField, { label: "Date", value: "" });
    expect(screen.getByRole("status").textContent).toBe("");
  });
});
