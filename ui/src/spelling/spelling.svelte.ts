/**
 * Wrong words of what is being written. The engine finds them, a moment after the last key: no key waits for it. Until
 * it has answered, the marks move along with the words they are at.
 */
import type { Backend } from "../backend/backend";
import type { WrongWord } from "../backend/types";

const ASK_AFTER_MS = 300;

export class Spelling {
  /** The view underlines by itself: there is nothing to show here. */
  byView = $state(false);
  #words = $state.raw<readonly WrongWord[]>([]);
  /** Behind the letter that was typed last, as long as nothing else happened: the word there is not written yet. */
  typedAt = $state<number | null>(null);
  #text = "";
  #on = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The operator wants the next wrong word: it is shown as soon as the field is there. */
  wanted = $state(false);

  constructor(private readonly backend: Backend) {}

  /** Wrong words of the present text, in order. */
  get words(): readonly WrongWord[] {
    const place = this.typedAt;
    return place === null ? this.#words : this.#words.filter((word) => word.to !== place);
  }

  /** Follows the field. `on`: the operator wants words checked. */
  follow(text: string, on: boolean): void {
    if (text === this.#text && on === this.#on) return;
    this.#words = on ? moved(this.#words, this.#text, text) : [];
    this.#text = text;
    this.#on = on;
    this.#askSoon(ASK_AFTER_MS);
  }

  /** Asks at once: a word became right, or the dialog is another one. */
  again(): void {
    this.#askSoon(0);
  }

  /** What may have been meant by a word, the likeliest first. */
  async suggestions(word: string): Promise<readonly string[]> {
    const answer = await this.backend.query({ kind: "suggestions", word }).catch(() => null);
    return answer?.kind === "suggestions" ? answer.words : [];
  }

  /** The first wrong word that ends behind this place, or the first of all. */
  from(place: number): WrongWord | undefined {
    return this.words.find((word) => word.to > place) ?? this.words[0];
  }

  #askSoon(after: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#on) this.#timer = setTimeout(() => void this.#ask(), after);
  }

  async #ask(): Promise<void> {
    const text = this.#text;
    const answer = await this.backend.query({ kind: "spelling", text }).catch(() => null);
    if (answer?.kind !== "spelling") return;
    this.byView = answer.by_view;
    // Of a text that has changed meanwhile; the change itself has asked again.
    if (text === this.#text && this.#on) this.#words = answer.words;
  }
}

/** The marks of `before` where the same words stand in `after`. A word that was touched has none. */
export function moved(words: readonly WrongWord[], before: string, after: string): readonly WrongWord[] {
  if (words.length === 0) return words;
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const by = after.length - before.length;
  return words.flatMap(({ from, to }) => {
    // What a letter was put to is another word now.
    if (to < head || (to === head && !isOfWord(after[to]))) return [{ from, to }];
    const rest = before.length - tail;
    const kept = from > rest || (from === rest && !isOfWord(after[from + by - 1]));
    return kept ? [{ from: from + by, to: to + by }] : [];
  });
}

function isOfWord(letter: string | undefined): boolean {
  return letter !== undefined && /[\p{L}\p{N}'’-]/u.test(letter);
}
