/** The engine in memory as the page's address asks for it, and a little life in it. */
import type { AppView, Language, Theme } from "../types";
import { FakeAccounts } from "./accounts";
import { FakeBackend, type FakeOptions } from "./fake";

declare global {
  interface Window {
    /** The engine behind this page, for tests that move it. */
    fake?: FakeBackend;
    /** All its accounts; the first is the one above. */
    accounts?: FakeAccounts;
  }
}

const TYPED = "А можно ли оплатить при получении? Карта осталась дома";

const CENTRES = ["Отклик, свой стол", "Банк «Север»", "Магазин у дома"];

/** Reads `?accounts=2&dialogs=10000&thread=10000&view={"screen":"starting"}&language=ru&theme=dark&life=on`. */
export function fakeFromAddress(asked: URLSearchParams): FakeAccounts {
  const options: FakeOptions = {
    dialogs: Number(asked.get("dialogs") ?? 24),
    thread: Number(asked.get("thread") ?? 0),
    offers: asked.get("offers") === "on",
    ahead: Number(asked.get("ahead") ?? 0),
    settings: {
      language: (asked.get("language") ?? "auto") as Language,
      theme: (asked.get("theme") ?? "auto") as Theme,
    },
  };
  const view = asked.get("view");
  if (view !== null) options.view = JSON.parse(view) as AppView;
  const make = (seat: number) => {
    const centre = CENTRES[seat - 1];
    return new FakeBackend(centre === undefined ? options : { ...options, centre });
  };
  const accounts = new FakeAccounts(make, Number(asked.get("accounts") ?? 1));
  const fake = accounts.desk(1);
  const own = asked.get("dialog");
  if (own !== null) fake.windows.own = [own];
  window.fake = fake;
  window.accounts = accounts;
  if (asked.get("life") === "on") live(fake);
  return accounts;
}

/** One customer types and sends, another comes, forever. */
function live(fake: FakeBackend): void {
  let step = 0;
  setInterval(() => {
    const mine = [...fake.desk.dialogs.values()].find((dialog) => dialog.state === "active");
    if (mine === undefined) return;
    const beat = step % 24;
    if (beat < 12) fake.customerTypes(mine.id, TYPED.slice(0, (beat + 1) * 5));
    if (beat === 12) fake.customerWrites(mine.id, TYPED);
    if (beat === 20) fake.newCustomer("Здравствуйте! Подскажите, как оформить возврат?");
    step += 1;
  }, 700);
}
