/**
 * What customers came with before: the dialogs that are here, and those that the hub has and that stay here once they
 * were asked for.
 */
import type { Backend } from "../backend/backend";
import type { DialogId, DialogRow, SearchHit } from "../backend/types";
import { Journeys } from "./journeys.svelte";
import { lookUp } from "./lookups.svelte";
import { personOf, Persons } from "./persons";
import type { Rows } from "./rows.svelte";

const PAGE = 20;

/** How far the hub was asked about one customer. */
interface Asked {
  /** The oldest dialog that it told of. */
  oldest: DialogId | null;
  more: boolean;
}

export class Past {
  #asked = $state.raw<ReadonlyMap<number, Asked>>(new Map());
  /** The customer whom the hub is being asked about. */
  asking = $state<number | null>(null);
  readonly journeys: Journeys;
  readonly persons: Persons;

  constructor(
    private readonly backend: Backend,
    private readonly rows: Rows,
  ) {
    this.journeys = new Journeys(backend);
    this.persons = new Persons(backend);
  }

  /** All dialogs of a row's person that are here, newest first. */
  of(row: DialogRow): DialogRow[] {
    void this.rows.version;
    const his = this.rows.section("all").filter((one) => personOf(one) === personOf(row));
    return his.toSorted((a, b) => b.created_at - a.created_at || b.number - a.number);
  }

  /** The dialog before this one, if it is here. */
  before(row: DialogRow): DialogRow | undefined {
    return this.of(row).find((one) => one.number < row.number);
  }

  /** Whether the hub has older ones. */
  hasMore(row: DialogRow): boolean {
    return this.#asked.get(personOf(row))?.more ?? false;
  }

  /** Whether it is not known what the hub has. */
  isPartial(row: DialogRow): boolean {
    return !this.#asked.has(personOf(row));
  }

  /** The connection was lost: what the hub has may have changed. */
  forget(): void {
    this.#asked = new Map();
  }

  /** Asks the hub once for each customer; without it, what is here is what there is. */
  async load(row: DialogRow): Promise<void> {
    if (this.#asked.has(personOf(row)) || this.asking === personOf(row)) return;
    await this.#ask(row, null);
  }

  async loadMore(row: DialogRow): Promise<void> {
    const asked = this.#asked.get(personOf(row));
    if (asked?.more !== true || this.asking === personOf(row)) return;
    await this.#ask(row, asked.oldest);
  }

  /** Has a dialog here, if it can be; else the words for why not. */
  async bring(dialog: DialogId): Promise<"search.away" | "search.elsewhere" | null> {
    if (this.rows.get(dialog) !== undefined) return null;
    const found = await lookUp(this.backend, { look: "dialog", dialog });
    if (found === null) return "search.away";
    return this.rows.get(dialog) === undefined ? "search.elsewhere" : null;
  }

  /** Messages of this customer with these words: those that are here, then the hub's. */
  async find(row: DialogRow, words: string, limit: number): Promise<SearchHit[]> {
    const search = { words, person: personOf(row) };
    const answer = await this.backend
      .query({ kind: "session", query: { get: "search", search, order: "newest", limit } })
      .catch(() => null);
    const here = answer?.kind === "session" && answer.answer.answer === "hits" ? answer.answer.hits : [];
    const found = await lookUp(this.backend, { look: "messages", search, before: null, limit });
    const there = found?.found === "messages" ? found.hits : [];
    return joined(here, there);
  }

  async #ask(row: DialogRow, before: DialogId | null): Promise<void> {
    this.asking = personOf(row);
    const found = await lookUp(this.backend, { look: "dialogs_of", dialog: row.id, before, limit: PAGE });
    if (this.asking === personOf(row)) this.asking = null;
    if (found?.found !== "dialogs") return;
    const oldest = found.dialogs.at(-1)?.id ?? before;
    this.#asked = new Map(this.#asked).set(personOf(row), { oldest, more: found.more });
  }
}

/** What a hit is told from others by. */
export function nameOf(hit: SearchHit): string {
  return `${hit.dialog}:${hit.seq}`;
}

/** Hits of two searches, newest first, each once. */
export function joined(here: readonly SearchHit[], there: readonly SearchHit[]): SearchHit[] {
  const known = new Set(here.map(nameOf));
  const all = [...here, ...there.filter((hit) => !known.has(nameOf(hit)))];
  return all.toSorted((a, b) => b.at - a.at);
}
