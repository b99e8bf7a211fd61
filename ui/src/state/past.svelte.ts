/** What customers came with before, as far as it is on this machine. */
import type { Backend } from "../backend/backend";
import type { DialogRow, SearchHit } from "../backend/types";
import type { Rows } from "./rows.svelte";

export class Past {
  constructor(
    private readonly backend: Backend,
    private readonly rows: Rows,
  ) {}

  /** All dialogs of a row's customer that are here, newest first. */
  of(row: DialogRow): DialogRow[] {
    void this.rows.version;
    const his = this.rows.section("all").filter((one) => one.customer_number === row.customer_number);
    return his.toSorted((a, b) => b.created_at - a.created_at || b.number - a.number);
  }

  /** The dialog before this one, if it is here. */
  before(row: DialogRow): DialogRow | undefined {
    let nearest: DialogRow | undefined;
    // Asked for with every line that comes: one walk, no sorting.
    for (const one of this.rows.section("all")) {
      if (one.customer_number !== row.customer_number || one.number >= row.number) continue;
      if (nearest === undefined || one.number > nearest.number) nearest = one;
    }
    return nearest;
  }

  /** Messages of this customer with these words, newest first. */
  async find(row: DialogRow, text: string, limit: number): Promise<SearchHit[]> {
    const query = { get: "search", text, limit } as const;
    const answer = await this.backend.query({ kind: "session", query }).catch(() => null);
    const hits = answer?.kind === "session" && answer.answer.answer === "hits" ? answer.answer.hits : [];
    return hits.filter((hit) => hit.customer_number === row.customer_number);
  }
}
