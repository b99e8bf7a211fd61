/** Finding entries by a few letters: in Russian or English, in the wrong layout, with a slip of the finger. Pure. */
import UFuzzy from "@leeoniya/ufuzzy";
import { inOtherLayout } from "../keys/layout";

/** Something with names to be found by; the first is the one shown. */
export interface Named {
  names: readonly string[];
}

/** An entry found, and which letters of its first name were asked for: pairs of start and end. */
export interface Found<E> {
  entry: E;
  marks: readonly number[];
}

/** Up to so many words may stand in any order; of more than these what is found is not put in order at all. */
const MOST_WORDS_SHUFFLED = 3;
const fuzzy = new UFuzzy({
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: "\\p{Ll}\\p{Lu}",
  intraBound: "\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}",
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
  intraMode: 1,
});

/**
 * Small letters without the marks above them: people write ye for the Russian letter yo, and cafe for café. Only the
 * breve of the Russian short i stays, which makes it another letter. Keeps every letter's place.
 */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[^\u0000-\u007f]/gu, bare);
}

function bare(letter: string): string {
  if (letter === "\u0439") return letter;
  const base = letter.normalize("NFD").replace(/\p{M}+/gu, "");
  return base.length === letter.length ? base : letter;
}

/** The entries that `asked` may mean, in the order they have: for lists whose order says something itself. */
export function sift<E extends Named>(entries: readonly E[], asked: string): readonly E[] {
  if (asked.trim() === "") return entries;
  const found = new Set(find(entries, asked).map(({ entry }) => entry));
  return entries.filter((entry) => found.has(entry));
}

/** The entries that `asked` may mean, the likeliest first; all of them, unmarked, if nothing was asked. */
export function find<E extends Named>(entries: readonly E[], asked: string): Found<E>[] {
  const wanted = plain(asked.trim());
  if (wanted === "") return entries.map((entry) => ({ entry, marks: [] }));
  const { lines, owners } = linesOf(entries);
  const found = new Map<E, readonly number[]>();
  for (const needle of [wanted, plain(inOtherLayout(asked.trim()))]) {
    for (const { line, marks } of search(lines, needle)) {
      const owner = owners[line];
      if (owner !== undefined && !found.has(owner.entry)) found.set(owner.entry, owner.shown ? marks : []);
    }
  }
  return [...found].map(([entry, marks]) => ({ entry, marks }));
}

interface Lines<E> {
  lines: string[];
  /** Whose each line is, and whether it is the name shown. */
  owners: { entry: E; shown: boolean }[];
}

/** Ten thousand customers need not be spelt out anew for every letter typed. */
const known = new WeakMap<readonly Named[], Lines<Named>>();

function linesOf<E extends Named>(entries: readonly E[]): Lines<E> {
  const kept = known.get(entries) as Lines<E> | undefined;
  if (kept !== undefined) return kept;
  const made: Lines<E> = { lines: [], owners: [] };
  for (const entry of entries) {
    entry.names.forEach((name, i) => {
      made.lines.push(plain(name));
      made.owners.push({ entry, shown: i === 0 });
    });
  }
  known.set(entries, made);
  return made;
}

function search(lines: string[], needle: string): { line: number; marks: readonly number[] }[] {
  const [places, info, order] = fuzzy.search(lines, needle, MOST_WORDS_SHUFFLED);
  if (places === null) return [];
  if (info === null || order === null) return places.map((line) => ({ line, marks: [] }));
  return order.map((i) => ({ line: info.idx[i] ?? 0, marks: info.ranges[i] ?? [] }));
}

/** A name cut at its marks: odd pieces (the second, the fourth) are what was asked for. */
export function pieces(name: string, marks: readonly number[]): string[] {
  const cut: string[] = [];
  let from = 0;
  for (const mark of marks) {
    cut.push(name.slice(from, mark));
    from = mark;
  }
  cut.push(name.slice(from));
  return cut;
}
