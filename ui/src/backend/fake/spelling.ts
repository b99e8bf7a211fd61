/** Spelling in the engine in memory: it knows a handful of wrong words, each with what was meant. */
import type { PageAnswer, Settings } from "../types";

const MEANT: Record<string, readonly string[]> = {
  превет: ["привет", "ревет"],
  здраствуйте: ["здравствуйте"],
  recieve: ["receive", "relieve"],
  вебимчик: [],
};

export function misspelt(text: string, { spelling, own_words }: Settings): PageAnswer {
  const found = spelling ? [...text.matchAll(/[\p{L}]+/gu)] : [];
  const wrong = found.filter(([word]) => isWrong(word.toLowerCase(), own_words));
  const words = wrong.map(({ 0: word, index }) => ({ from: index, to: index + word.length }));
  return { kind: "spelling", by_view: false, words };
}

export function suggested(word: string): PageAnswer {
  return { kind: "suggestions", words: [...(MEANT[word.toLowerCase()] ?? [])] };
}

function isWrong(word: string, own: readonly string[]): boolean {
  return Object.hasOwn(MEANT, word) && !own.includes(word);
}
