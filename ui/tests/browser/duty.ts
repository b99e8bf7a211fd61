/** What a centre wants of its operators when they come on duty and when they leave. */
import type { Page } from "./browser";

/** The centre asks which status to begin with, and the operator has just signed in. */
export const signedIn = (page: Page) =>
  page.evaluate(() => {
    const fake = window.fake;
    if (fake === undefined) return;
    fake.handbook = { ...fake.handbook, asks_status: true };
    fake.tell({ event: "handbook", handbook: fake.handbook });
    fake.setStatus("offline", { by: "login" });
  });

/** The centre has these words for whoever leaves, by language. */
export const warns = (page: Page, leaving: Record<string, string>) =>
  page.evaluate((leaving) => {
    const fake = window.fake;
    if (fake === undefined) return;
    fake.handbook = { ...fake.handbook, leaving };
    fake.tell({ event: "handbook", handbook: fake.handbook });
  }, leaving);
