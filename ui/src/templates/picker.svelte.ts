/**
 * Which ready answer is being looked for: what is typed after a `/` in the composer, what that may mean, and which of
 * it is chosen. It knows no elements.
 */
import type { Found } from "../text/match";
import { answersOf, search, shelves, type Answer, type Shelf } from "./finding";
import { holes, needed, slashAt, type Hole, type Slash } from "./text";
import { VARIABLES } from "./values";
import type { TemplateEntry } from "../backend/types";

export class Picker {
  #slash = $state.raw<Slash | null>(null);
  #chosen = $state(0);
  /** The operator waved this one away: it is a `/` like any other. */
  #dismissed: number | null = null;
  /** It was asked for by a button or a key, which wrote the `/`. */
  #wrote = false;

  readonly #answers = $derived.by(() => answersOf(this.templates()));
  readonly #shelves = $derived.by((): readonly Shelf[] => {
    if (this.#slash === null) return [];
    const { query } = this.#slash;
    if (query.trim() !== "") {
      const found = search(this.#answers, query);
      return found.length === 0 ? [] : [{ place: "", own: false, found }];
    }
    const all = shelves(this.#answers);
    // Of a few, nothing has to be brought near.
    if (all.lately.length === 0 || this.#answers.length < 8) return all.shelves;
    return [{ place: LATELY, own: false, found: all.lately }, ...all.shelves];
  });
  readonly #all = $derived(this.#shelves.flatMap((shelf) => shelf.found));
  readonly #needed = $derived.by(() => {
    const named = this.templates().flatMap((one) => Object.values(one.texts).flatMap(needed));
    return new Set<string>([...VARIABLES, ...named]);
  });

  constructor(private readonly templates: () => readonly TemplateEntry[]) {}

  /** What is shown, by heading. */
  get shelves(): readonly Shelf[] {
    return this.#shelves;
  }
  get count(): number {
    return this.#all.length;
  }
  get query(): string {
    return this.#slash?.query ?? "";
  }
  /** Whether there is something to be seen: also that there is nothing yet, but not that nothing fits a word. */
  get open(): boolean {
    return this.#slash !== null && (this.#all.length > 0 || this.#slash.query.trim() === "" || this.#wrote);
  }
  get chosen(): number {
    return Math.min(this.#chosen, Math.max(0, this.#all.length - 1));
  }
  get current(): Answer | null {
    return this.#all[this.chosen]?.entry ?? null;
  }
  /** What an answer takes the place of. */
  get slash(): Slash | null {
    return this.#slash;
  }

  /** The text or the caret moved. `begin`: it was typed, so that a `/` may begin a search. */
  follow(text: string, caret: number, begin: boolean): void {
    const slash = slashAt(text, caret);
    if (slash === null || slash.start === this.#dismissed) {
      if (slash === null) this.#dismissed = null;
      this.#slash = null;
      this.#wrote = false;
      return;
    }
    if (this.#slash === null && !begin) return;
    if (this.#slash?.query !== slash.query) this.#chosen = 0;
    this.#slash = slash;
  }

  /** Asked for by a button or a key, which has just written the `/` that the caret stands behind. */
  ask(text: string, caret: number): void {
    this.#dismissed = null;
    this.follow(text, caret, true);
    this.#wrote = this.#slash !== null;
  }

  /** Leaves the `/` as it stands. The place to clear, if it was written for the operator and nothing came after it. */
  dismiss(): Slash | null {
    const slash = this.#slash;
    const clear = this.#wrote && slash?.query === "" ? slash : null;
    this.#dismissed = slash?.start ?? null;
    this.close();
    return clear;
  }

  close(): void {
    this.#slash = null;
    this.#wrote = false;
    this.#chosen = 0;
  }

  choose(place: number): void {
    const count = this.#all.length;
    if (count > 0) this.#chosen = ((place % count) + count) % count;
  }

  /** Where a text still has variables that were to be filled in. */
  holesOf(text: string): Hole[] {
    return holes(text, this.#needed);
  }

  placeOf(found: Found<Answer>): number {
    return this.#all.indexOf(found);
  }
}

/** The heading of those used last: no folder can be called that, for it holds a line break. */
export const LATELY = "\n";
