/** A search over the local history, as it is typed. */
import type { Backend } from "../backend/backend";
import type { DialogRow, SearchHit } from "../backend/types";
import { customerName } from "./words";

const PAUSE_MS = 120;
const MOST_HITS = 100;
const MOST_ROWS = 5;

export class Search {
  text = $state("");
  hits = $state.raw<readonly SearchHit[]>([]);
  more = $state(false);
  failed = $state(false);
  /** The words that `hits` answers. */
  answered = $state("");
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly backend: Backend) {}

  /** Asks after a short pause; an answer to older words is dropped. */
  ask(text: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    const wanted = text.trim();
    if (wanted === "") {
      this.hits = [];
      this.more = false;
      this.answered = "";
      return;
    }
    this.#timer = setTimeout(() => void this.#run(wanted, turn), PAUSE_MS);
  }

  async #run(text: string, turn: number): Promise<void> {
    try {
      const query = { get: "search", text, limit: MOST_HITS } as const;
      const answer = await this.backend.query({ kind: "session", query });
      if (turn !== this.#turn || answer.kind !== "session" || answer.answer.answer !== "hits") return;
      this.hits = answer.answer.hits;
      this.more = answer.answer.more;
      this.failed = false;
    } catch {
      if (turn !== this.#turn) return;
      this.hits = [];
      this.failed = true;
    }
    this.answered = text;
  }
}

/** Dialogs whose customer's name, number, phone or e-mail holds `text`. */
export function matchingRows(rows: readonly DialogRow[], text: string): DialogRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const found: DialogRow[] = [];
  for (const row of rows) {
    if (found.length === MOST_ROWS) break;
    const fields = [customerName(row), row.email, row.phone, String(row.number), String(row.customer_number)];
    if (fields.some((field) => field?.toLowerCase().includes(wanted) === true)) found.push(row);
  }
  return found;
}
