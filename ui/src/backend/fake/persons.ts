/** Who is one person with whom at the desk in memory, and where each can be reached. Rougher than the hub's own. */
import { Refused } from "../backend";
import type { Candidate, Customer, Deed, Found, Identity, Receipt, Refusal } from "../types";
import type { Cards } from "./cards";
import { ME, type FakeDialog } from "./desk";

const DONE: Receipt = { message: null, text: null, found: null };

/** A deed that concerns which customers are one person, or begins a dialog with one of them. */
export type OfPersons = Extract<Deed, { deed: "join" | "separate" | "invite" }>;

export function isOfPersons(deed: Deed): deed is OfPersons {
  return deed.deed === "join" || deed.deed === "separate" || deed.deed === "invite";
}

/** The number of the person of a dialog. */
function personOf(dialog: FakeDialog): number {
  return dialog.person ?? dialog.customer;
}

/** The newest dialog of each customer of a person. */
function waysOf(fake: Cards, person: number): FakeDialog[] {
  const newest = new Map<number, FakeDialog>();
  for (const dialog of fake.desk.dialogs.values()) {
    if (personOf(dialog) === person) newest.set(dialog.customer, dialog);
  }
  return [...newest.values()];
}

export function identitiesOf(fake: Cards, id: string): Found {
  const ways = waysOf(fake, personOf(fake.dialog(id)));
  return { found: "identities", identities: ways.map(identityOf) };
}

function identityOf(dialog: FakeDialog): Identity {
  const over = dialog.state === "closed_soft";
  return {
    customer: customerId(dialog.customer),
    number: dialog.customer,
    channel: "web",
    dialog: dialog.id,
    seen_at: dialog.items.at(-1)?.at ?? dialog.createdAt,
    on_site: dialog.onSite,
    open: over ? null : dialog.id,
    unreachable: over ? null : { code: "dialog_open" },
  };
}

export function candidatesOf(fake: Cards, id: string, wanted: string | null): Found {
  const of = fake.dialog(id);
  const same = (one: FakeDialog) =>
    (of.email !== null && one.email === of.email) || (of.phone !== null && one.phone === of.phone);
  const words = wanted?.toLowerCase() ?? "";
  const called = (one: FakeDialog) =>
    [one.name, one.phone, one.email, String(one.customer)].some((text) =>
      text?.toLowerCase().includes(words),
    );
  const others = [...fake.desk.dialogs.values()].filter((one) => personOf(one) !== personOf(of));
  const meant = others.filter((one) => (wanted === null ? same(one) : called(one)));
  const candidates = meant.slice(0, 20).map((one): Candidate => ({
    customer: customerOf(one),
    dialog: one.id,
    channel: "web",
    seen_at: one.items.at(-1)?.at ?? one.createdAt,
    same: same(one),
  }));
  return { found: "candidates", candidates };
}

function customerOf(dialog: FakeDialog): Customer {
  return {
    id: customerId(dialog.customer),
    name: dialog.name ?? "",
    number: dialog.customer,
    named: dialog.name !== null,
    email: dialog.email,
    phone: dialog.phone,
    language: dialog.language,
    particulars: {
      tags: dialog.customerTags,
      comment: dialog.comment,
      variables: dialog.variables,
      restricted: dialog.restricted,
      block: null,
      ...(dialog.person === null ? {} : { person: dialog.person }),
    },
  };
}

function customerId(number: number): string {
  return `customer-${number}`;
}

/** Carries it out, or refuses it as the hub would. */
export function regroup(fake: Cards, id: string, deed: OfPersons): Receipt {
  if (fake.link.link !== "live") throw new Refused({ error: "denied", why: "offline" });
  switch (deed.deed) {
    case "join":
      return join(fake, fake.dialog(id), deed);
    case "separate":
      return separate(fake, fake.dialog(id), deed);
    case "invite":
      return invite(fake, fake.dialog(id), deed);
  }
}

function join(fake: Cards, of: FakeDialog, deed: Extract<Deed, { deed: "join" }>): Receipt {
  const other = fake.dialog(deed.other);
  if (personOf(of) === personOf(other)) throw refused({ code: "same_person" });
  if (personOf(of) !== deed.person || personOf(other) !== deed.other_person) {
    throw refused({ code: "regrouped" });
  }
  const { union } = deed;
  const facts = {
    name: union.name === "other" ? (other.name ?? of.name) : (of.name ?? other.name),
    email: union.email === "other" ? (other.email ?? of.email) : (of.email ?? other.email),
    phone: union.phone === "other" ? (other.phone ?? of.phone) : (of.phone ?? other.phone),
    customerTags: [...new Set([...of.customerTags, ...other.customerTags])].sort(),
    person: Math.min(personOf(of), personOf(other)),
  };
  const persons = [personOf(of), personOf(other)];
  for (const dialog of fake.desk.dialogs.values()) {
    if (!persons.includes(personOf(dialog))) continue;
    dialog.apart ??= { name: dialog.name, email: dialog.email, phone: dialog.phone };
    Object.assign(dialog, facts);
    fake.changed(dialog, []);
  }
  return DONE;
}

function separate(fake: Cards, of: FakeDialog, deed: Extract<Deed, { deed: "separate" }>): Receipt {
  if (of.person === null || of.person !== deed.person) throw refused({ code: "regrouped" });
  const all = [...fake.desk.dialogs.values()].filter((one) => one.person === deed.person);
  const left = all.filter((one) => customerId(one.customer) !== deed.customer);
  const numbers = new Set(left.map((one) => one.customer));
  for (const dialog of all) {
    const stays = numbers.has(dialog.customer) && numbers.size > 1;
    if (!stays) Object.assign(dialog, dialog.apart, { person: null, apart: null });
    else dialog.person = Math.min(...numbers);
    fake.changed(dialog, []);
  }
  return DONE;
}

function invite(fake: Cards, of: FakeDialog, deed: Extract<Deed, { deed: "invite" }>): Receipt {
  const ways = waysOf(fake, personOf(of));
  const way = ways.find((one) => customerId(one.customer) === deed.customer) ?? of;
  if (way.state !== "closed_soft") throw refused({ code: "dialog_open" });
  // The desk in memory has one dialog of a customer: it goes on.
  way.state = "active";
  way.owner = ME.name;
  const item = fake.desk.put(way, "text", { by: "operator", id: ME.id, name: ME.name }, deed.text);
  fake.changed(way, [item]);
  return DONE;
}

function refused(reason: Refusal): Refused {
  return new Refused({ error: "refused", reason });
}
