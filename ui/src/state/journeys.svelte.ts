/** Where customers are and which pages they went to: asked of the hub when somebody looks, and kept while the page lives. */
import type { Backend } from "../backend/backend";
import type { DialogRow, Journey } from "../backend/types";
import { lookUp } from "./lookups.svelte";

/** Of so many customers it is remembered. */
const MOST = 100;

export class Journeys {
  #known = $state.raw<ReadonlyMap<number, Journey>>(new Map());
  #turn = 0;

  constructor(private readonly backend: Backend) {}

  /** As last heard; nothing before that. */
  of(row: Pick<DialogRow, "customer_number">): Journey | null {
    return this.#known.get(row.customer_number) ?? null;
  }

  /** Asks the hub; without a connection what was heard last stays. */
  async load(row: Pick<DialogRow, "customer_number" | "id">): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const found = await lookUp(this.backend, { look: "journey", dialog: row.id });
    if (found?.found !== "journey" || turn !== this.#turn) return;
    const known = new Map(this.#known);
    known.delete(row.customer_number);
    known.set(row.customer_number, found.journey);
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    this.#known = known;
  }

  forget(): void {
    this.#turn += 1;
    this.#known = new Map();
  }
}
