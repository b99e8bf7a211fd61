/**
 * Customers who are one person: asked of the hub, which alone knows which of them write where. Without a connection
 * nothing is known of them but that they are one.
 */
import type { Backend } from "../backend/backend";
import type { Candidate, Customer, DialogRow, Identity } from "../backend/types";
import { lookUp } from "./lookups.svelte";

/** The number of the person: the customer's own, or the least of all who are one person with him. */
export function personOf(row: Pick<DialogRow, "customer_number" | "particulars">): number {
  return row.particulars.person ?? row.customer_number;
}

/** Whether the customer is one person with others. */
export function isSeveral(row: Pick<DialogRow, "particulars">): boolean {
  return row.particulars.person !== undefined;
}

/** The same of a customer as the hub tells of one. */
export function personIn(customer: Customer): number {
  return customer.particulars?.person ?? customer.number;
}

export class Persons {
  constructor(private readonly backend: Backend) {}

  /** Who is one person with the customer of a dialog, himself among them; nothing without an answer. */
  async of(row: DialogRow): Promise<readonly Identity[] | null> {
    const found = await lookUp(this.backend, { look: "identities", dialog: row.id });
    return found?.found === "identities" ? found.identities : null;
  }

  /** Who may be; without words those with the same address or phone number. */
  async like(row: DialogRow, words: string): Promise<readonly Candidate[] | null> {
    const wanted = words.trim() === "" ? null : words.trim();
    const found = await lookUp(this.backend, { look: "candidates", dialog: row.id, wanted });
    return found?.found === "candidates" ? found.candidates : null;
  }
}
