/** The shape that every language fills: the keys of English, each a phrase or a set of plural forms. */
import type { en } from "./en";

/** Forms of a counted phrase; `other` stands in for what a language does not tell apart. */
export type Forms = { [Form in Intl.LDMLPluralRule]?: string } & { other: string };

/** A key of the interface's words. */
export type Key = keyof typeof en;

/** Keys whose words depend on a number. */
export type CountedKey = { [K in Key]: (typeof en)[K] extends string ? never : K }[Key];

/** Keys of plain phrases. */
export type PlainKey = Exclude<Key, CountedKey>;

/** All words of one language. */
export type Words = { [K in PlainKey]: string } & { [K in CountedKey]: Forms };

/** What fills the `{places}` of a phrase. */
export type Places = Record<string, string | number>;

/** Puts `places` into a phrase. A place without a value stays visible, so that it is noticed. */
export function fill(phrase: string, places: Places): string {
  return phrase.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = places[name];
    return value === undefined ? whole : String(value);
  });
}
