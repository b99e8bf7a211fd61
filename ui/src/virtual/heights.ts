/** Heights of the lines of a list and where each begins: measured where seen, estimated elsewhere. Pure. */

/** A line of a list. */
export interface Keyed {
  key: string;
}

export class Heights<E extends Keyed> {
  readonly #measured = new Map<string, number>();
  #entries: readonly E[] = [];
  #places = new Map<string, number>();
  #tops = new Float64Array(1);

  constructor(private readonly estimate: (entry: E) => number) {}

  /** Takes the present lines; measured heights are kept by key. */
  use(entries: readonly E[]): void {
    if (entries === this.#entries) return;
    this.#entries = entries;
    this.#places = new Map(entries.map((entry, i) => [entry.key, i]));
    this.#layOut();
  }

  /** Notes measured heights. True if anything moved. */
  measure(measured: Iterable<[string, number]>): boolean {
    let moved = false;
    for (const [key, height] of measured) {
      const old = this.#measured.get(key);
      if (old !== undefined && Math.abs(old - height) < 0.01) continue;
      this.#measured.set(key, height);
      moved = true;
    }
    if (moved) this.#layOut();
    return moved;
  }

  get total(): number {
    return this.#tops[this.#entries.length] ?? 0;
  }

  /** The lines as they were last taken. */
  get entries(): readonly E[] {
    return this.#entries;
  }

  /** Where line `i` begins; the end of the last one for `i` = count. */
  top(i: number): number {
    return this.#tops[Math.max(0, Math.min(i, this.#entries.length))] ?? 0;
  }

  place(key: string): number {
    return this.#places.get(key) ?? -1;
  }

  /** The line that covers `y`, within bounds. */
  at(y: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.top(middle + 1) <= y) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, Math.min(low, this.#entries.length - 1));
  }

  /** Lines that `from` to `to` touch: first, and one past the last. */
  range(from: number, to: number): { start: number; end: number } {
    if (this.#entries.length === 0) return { start: 0, end: 0 };
    return { start: this.at(from), end: this.at(to) + 1 };
  }

  #layOut(): void {
    const count = this.#entries.length;
    if (this.#tops.length <= count) this.#tops = new Float64Array((count + 1) * 2);
    let top = 0;
    for (let i = 0; i < count; i += 1) {
      this.#tops[i] = top;
      const entry = this.#entries[i] as E;
      top += this.#measured.get(entry.key) ?? this.estimate(entry);
    }
    this.#tops[count] = top;
  }
}
