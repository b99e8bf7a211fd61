/** The interface's language and words. Components call {@link t} and {@link n}; both follow a change of language. */
import type { Language } from "../backend/types";
import { en } from "./en";
import { Formats, type Lang } from "./format";
import { ru } from "./ru";
import { fill, type CountedKey, type Places, type PlainKey, type Words } from "./words";

export type { CountedKey, PlainKey, Places } from "./words";

const WORDS: Record<Lang, Words> = { ru, en };
const FORMATS: Record<Lang, Formats> = { ru: formatsOf("ru"), en: formatsOf("en") };

let current = $state<Lang>(systemLanguage());

/** The system's language, English if it is neither of ours. */
export function systemLanguage(): Lang {
  return navigator.language.toLowerCase().startsWith("ru") ? "ru" : "en";
}

function formatsOf(lang: Lang): Formats {
  const words = WORDS[lang];
  return new Formats(lang, [
    words["unit.second"],
    words["unit.minute"],
    words["unit.hour"],
    words["unit.day"],
  ]);
}

/** The language shown now. */
export function lang(): Lang {
  return current;
}

/** Follows the operator's choice. */
export function useLanguage(choice: Language): void {
  current = choice === "auto" ? systemLanguage() : choice;
  document.documentElement.lang = current;
}

/** Dates and numbers of the present language. */
export function formats(): Formats {
  return FORMATS[current];
}

/** A phrase. */
export function t(key: PlainKey, places: Places = {}): string {
  return fill(WORDS[current][key], places);
}

/** A phrase in a language that need not be the one shown: for finding things by either name. */
export function tIn(lang: Lang, key: PlainKey, places: Places = {}): string {
  return fill(WORDS[lang][key], places);
}

/** A phrase counted by `count`, which also fills `{n}`. */
export function n(key: CountedKey, count: number, places: Places = {}): string {
  const words = WORDS[current][key];
  const format = FORMATS[current];
  const phrase = words[format.plural.select(count)] ?? words.other;
  return fill(phrase, { n: format.number(count), ...places });
}
