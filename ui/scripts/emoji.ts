/**
 * The emoji of the page, made while it is built from the library's tables: sign, group, and what it is called in Russian
 * and English. Only what common systems can draw.
 */
import english from "emojibase-data/en/compact.json" with { type: "json" };
import russian from "emojibase-data/ru/compact.json" with { type: "json" };
import versions from "emojibase-data/versions/emoji.json" with { type: "json" };
import type { Plugin } from "vite";

interface Entry {
  hexcode: string;
  label: string;
  unicode: string;
  group?: number;
  tags?: string[];
}

const NAME = "virtual:emoji";
const RESOLVED = `\0${NAME}`;
/** Fonts of older systems lack what came later. */
const NEWEST = 15;
/** Skin tones and hair by themselves. */
const COMPONENTS = 2;

export function emoji(): Plugin {
  return {
    name: "emoji",
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load: (id) => (id === RESOLVED ? `export default ${JSON.stringify(rows())};` : undefined),
  };
}

/** `[sign, group, label and tags in Russian, the same in English]` */
function rows(): [string, number, string[], string[]][] {
  const tooNew = new Set(
    Object.entries(versions as Record<string, string[]>).flatMap(([version, codes]) =>
      Number(version) > NEWEST ? codes : [],
    ),
  );
  const inRussian = new Map((russian as Entry[]).map((one) => [one.hexcode, one]));
  return (english as Entry[]).flatMap((one): [string, number, string[], string[]][] => {
    if (one.group === undefined || one.group === COMPONENTS || tooNew.has(one.hexcode)) return [];
    const other = inRussian.get(one.hexcode) ?? one;
    return [[one.unicode, one.group, words(other), words(one)]];
  });
}

function words(entry: Entry): string[] {
  return [entry.label, ...(entry.tags ?? [])];
}
