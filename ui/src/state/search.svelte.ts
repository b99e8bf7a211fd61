/**
 * A search as it is typed: over the history on this machine at once, then on over what only the hub has. The newest come
 * first, or what answers best; what only words like these find stands apart from what these find.
 */
import type { Backend } from "../backend/backend";
import type { Alike, DialogRow, MessageSearch, SearchHit, SearchOrder } from "../backend/types";
import { isOfPhone } from "../text/phone";
import { lookUp } from "./lookups.svelte";
import { joined, nameOf } from "./past.svelte";
import { hasWords, parse, type Condition, type Names } from "./query";
import { recallText, rememberText } from "./remembered";
import { customerName } from "./words";

const PAUSE_MS = 120;
/** After the last letter; the hub has others to answer as well. */
const HUB_PAUSE_MS = 450;
const MOST_HITS = 100;
const HUB_PAGE = 50;
/** Beside messages there is place for so many dialogs; where there are no words to look for in messages, for more. */
const MOST_ROWS = 5;
const MOST_LISTED = 100;
const ORDER = "search.order";

/** How the search on the hub stands. */
export type Beyond = "none" | "asking" | "more" | "all" | "away";

export class Search {
  text = $state("");
  order = $state<SearchOrder>(recallText(ORDER) === "best" ? "best" : "newest");
  hits = $state.raw<readonly SearchHit[]>([]);
  /** What the hub found, where it does not stand among `hits`: it tells the newest first in any case. */
  far = $state.raw<readonly SearchHit[]>([]);
  /** What words like these find, where they themselves find next to nothing. */
  alike = $state.raw<Alike | null>(null);
  more = $state(false);
  failed = $state(false);
  /** The words that `hits` answers. */
  answered = $state("");
  conditions = $state.raw<readonly Condition[]>([]);
  /** Only conditions were given, and no words: dialogs are listed, messages cannot be. */
  wordless = $state(false);
  beyond = $state<Beyond>("none");
  #search: MessageSearch = { words: "" };
  #here: readonly SearchHit[] = [];
  #there: readonly SearchHit[] = [];
  #before: number | null = null;
  #turn = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(
    private readonly backend: Backend,
    private readonly live: () => boolean = () => false,
  ) {}

  /** Asks after a short pause; an answer to older words is dropped. */
  ask(text: string, names: Names = { operators: [], channels: [], now: Date.now() }): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#turn += 1;
    const turn = this.#turn;
    const { search, conditions } = parse(text.trim(), names);
    this.#search = search;
    this.conditions = conditions;
    this.wordless = !hasWords(search) && conditions.some(({ unknown }) => !unknown);
    this.beyond = "none";
    this.#before = null;
    this.#there = [];
    if (!hasWords(search)) {
      this.#show([], null);
      this.more = false;
      this.answered = "";
      return;
    }
    this.#timers.push(
      setTimeout(() => void this.#run(search, text.trim(), turn), PAUSE_MS),
      setTimeout(() => void this.#askHub(turn), HUB_PAUSE_MS),
    );
  }

  /** Which hits come first, from now on and in what is shown. */
  async arrange(order: SearchOrder): Promise<void> {
    if (this.order === order) return;
    this.order = order;
    rememberText(ORDER, order);
    if (hasWords(this.#search)) await this.#run(this.#search, this.text.trim(), this.#turn);
  }

  /** The field with what may have been meant instead of what was typed. */
  meant(): string {
    return (this.alike?.slips ?? []).reduce(
      (text, { typed, meant }) => text.replace(typed, () => meant),
      this.text,
    );
  }

  /** Looks further back on the hub. */
  async further(): Promise<void> {
    await this.#askHub(this.#turn);
  }

  /** Dialogs whose customer, and whose other sides, are meant by what is typed. `called` knows the names by ids. */
  matching(rows: readonly DialogRow[], called: Called): DialogRow[] {
    const { words, customer, operator, channel: over, since, until } = this.#search;
    const named = [words, customer ?? ""].filter((text) => text.trim() !== "");
    const asked = [operator, over, since, until].some((one) => one != null);
    if (named.length === 0 && !asked) return [];
    const fits = (row: DialogRow) =>
      named.every((text) => isCalled(row, text)) &&
      (operator == null || called.operator(operator) === row.assignee) &&
      (over == null || called.channel(over) === row.channel) &&
      (since == null || row.active_at >= since) &&
      (until == null || row.active_at < until);
    if (this.wordless) return latest(rows.filter(fits)).slice(0, MOST_LISTED);
    const found: DialogRow[] = [];
    for (const row of rows) {
      if (found.length === MOST_ROWS) break;
      if (fits(row)) found.push(row);
    }
    return found;
  }

  async #run(search: MessageSearch, text: string, turn: number): Promise<void> {
    const order = this.order;
    try {
      const query = { get: "search", search, order, limit: MOST_HITS } as const;
      const answer = await this.backend.query({ kind: "session", query });
      if (turn !== this.#turn || order !== this.order) return;
      if (answer.kind !== "session" || answer.answer.answer !== "hits") return;
      this.#show(answer.answer.hits, answer.answer.alike);
      this.more = answer.answer.more;
      this.failed = false;
    } catch {
      if (turn !== this.#turn) return;
      this.#show([], null);
      this.failed = true;
    }
    this.answered = text;
  }

  async #askHub(turn: number): Promise<void> {
    if (this.beyond === "asking") return;
    if (!this.live()) {
      this.beyond = "away";
      return;
    }
    this.beyond = "asking";
    const what = { look: "messages", search: this.#search, before: this.#before, limit: HUB_PAGE } as const;
    const found = await lookUp(this.backend, what);
    if (turn !== this.#turn) return;
    if (found?.found !== "messages") {
      this.beyond = "away";
      return;
    }
    this.#there = [...this.#there, ...found.hits];
    this.#show(this.#here, this.alike);
    this.#before = found.before;
    this.beyond = found.before === null ? "all" : "more";
  }

  #show(here: readonly SearchHit[], alike: Alike | null): void {
    this.#here = here;
    this.hits = this.order === "newest" ? joined(here, this.#there) : here;
    this.far = this.order === "newest" ? [] : without(this.#there, here);
    const known = [...here, ...this.#there];
    const like = alike === null ? [] : without(alike.hits, known);
    this.alike = alike === null || like.length === 0 ? null : { ...alike, hits: like };
  }
}

/** Names by ids; a row says only names. */
export interface Called {
  channel: (id: string) => string | undefined;
  operator: (id: string) => string | undefined;
}

function latest(rows: DialogRow[]): DialogRow[] {
  return rows.sort((a, b) => b.active_at - a.active_at);
}

/** The hits that are not among others. */
function without(hits: readonly SearchHit[], others: readonly SearchHit[]): SearchHit[] {
  const known = new Set(others.map(nameOf));
  return hits.filter((hit) => !known.has(nameOf(hit)));
}

/** Whether a row's customer's name, number, phone or e-mail holds `text`. */
function isCalled(row: DialogRow, text: string): boolean {
  const wanted = text.trim().toLowerCase().replaceAll("\u0451", "\u0435");
  if (row.phone !== null && isOfPhone(row.phone, wanted)) return true;
  const fields = [customerName(row), row.email, String(row.number), String(row.customer_number)];
  return fields.some(
    (field) => field?.toLowerCase().replaceAll("\u0451", "\u0435").includes(wanted) === true,
  );
}
