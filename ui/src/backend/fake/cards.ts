/** Cards of the desk in memory: kept without a connection, put into the row with one. Rougher than the engine's own. */
import { Refused } from "../backend";
import type { Command, CustomerEdit, Journey, LinkView, Lookup, Receipt, ThreadItem } from "../types";
import type { FakeDesk, FakeDialog } from "./desk";
import { candidatesOf, identitiesOf } from "./persons";
import { searchHits } from "./reading";

/** What cards need of the engine in memory. */
export interface Cards {
  readonly desk: FakeDesk;
  /** Dialogs that only the hub has. */
  readonly beyond: readonly FakeDialog[];
  link: LinkView;
  dialog(id: string): FakeDialog;
  changed(dialog: FakeDialog, items: ThreadItem[]): void;
}

let last = 0;

/** Keeps a change; with a connection it is in the row at once. */
export function editCard(fake: Cards, command: Extract<Command, { do: "edit_customer" }>): Receipt {
  last += 1;
  const id = `card-${last}`;
  const dialog = fake.dialog(command.dialog);
  if (fake.link.link === "live") writeCard(dialog, command.edit);
  else dialog.card = [...dialog.card, { id, edit: command.edit, send: { state: "queued" } }];
  fake.changed(dialog, []);
  return { message: id, text: null, found: null };
}

/** There is a connection: what waited goes into the row. */
export function landCards(dialog: FakeDialog): void {
  for (const { edit, send } of dialog.card) if (send.state === "queued") writeCard(dialog, edit);
  dialog.card = dialog.card.filter(({ send }) => send.state !== "queued");
}

/** The operator's word on a change that is in trouble; nothing if there is no such change. */
export function settleCard(fake: Cards, id: string, keep: boolean): Receipt | null {
  for (const dialog of fake.desk.dialogs.values()) {
    const entry = dialog.card.find((one) => one.id === id);
    if (entry === undefined) continue;
    dialog.card = dialog.card.filter((one) => one.id !== id);
    if (keep) writeCard(dialog, entry.edit);
    fake.changed(dialog, []);
    return { message: id, text: null, found: null };
  }
  return null;
}

function writeCard(dialog: FakeDialog, edit: CustomerEdit): void {
  dialog.name = edit.name ?? dialog.name;
  dialog.phone = edit.phone ?? dialog.phone;
  dialog.email = edit.email ?? dialog.email;
  dialog.comment = edit.comment ?? dialog.comment;
  dialog.customerTags = edit.tags ?? dialog.customerTags;
  dialog.variables = { ...dialog.variables, ...edit.variables };
}

/** What the hub of this desk has: what is shown, and `beyond`. */
export function lookUp(fake: Cards, what: Lookup): Receipt {
  if (fake.link.link !== "live") throw new Refused({ error: "no_connection" });
  const none = { message: null, text: null, found: null };
  if (what.look === "journey") {
    return { ...none, found: { found: "journey", journey: journeyOf(fake.dialog(what.dialog)) } };
  }
  if (what.look === "identities") return { ...none, found: identitiesOf(fake, what.dialog) };
  if (what.look === "candidates") {
    return { ...none, found: candidatesOf(fake, what.dialog, what.wanted) };
  }
  if (what.look !== "messages") return { ...none, found: { found: "dialogs", dialogs: [], more: false } };
  const all = [...fake.desk.dialogs.values(), ...fake.beyond];
  return {
    ...none,
    found: { found: "messages", hits: searchHits(all, what.search, what.limit).hits, before: null },
  };
}

/** He came by the front page, a minute before he wrote. */
function journeyOf(dialog: FakeDialog): Journey {
  const came = (dialog.items[0]?.at ?? 0) - 60_000;
  const front = { url: "https://shop.example.org/", title: "Лавка", at: came };
  const pages = dialog.page === null ? [front] : [front, { ...dialog.page, at: came + 40_000 }];
  const place = {
    country: "RU",
    region: { en: "Primorsky Krai", ru: "Приморский край" },
    city: { en: "Vladivostok", ru: "Владивосток" },
  };
  return { pages, place, zone: "Asia/Vladivostok" };
}
