/** The emoji by group and by name, in both languages; and those used last. */
import rows from "virtual:emoji";
import type { Lang } from "../i18n/format";
import { inOtherLayout } from "../keys/layout";
import { find, plain, type Named } from "../text/match";
import { recallText, rememberText } from "../state/remembered";

export interface Emoji extends Named {
  sign: string;
  group: Group;
  title: Record<Lang, string>;
}

export const GROUPS = [
  "smileys",
  "people",
  "animals",
  "food",
  "travel",
  "activities",
  "objects",
  "symbols",
  "flags",
] as const;
export type Group = (typeof GROUPS)[number];

/** The library's numbers of the groups, which leave one out. */
const NUMBERS: Record<number, Group> = {
  0: "smileys",
  1: "people",
  3: "animals",
  4: "food",
  5: "travel",
  6: "activities",
  7: "objects",
  8: "symbols",
  9: "flags",
};

/** What stands for a group. */
export const BADGES: Record<Group, string> = {
  smileys: "🙂",
  people: "👋",
  animals: "🐱",
  food: "🍏",
  travel: "🚗",
  activities: "⚽",
  objects: "💡",
  symbols: "❤️",
  flags: "🏁",
};

const MOST_FOUND = 80;
const MOST_RECENT = 18;
const NAME = "emoji";

export const EMOJI: readonly Emoji[] = rows.flatMap(([sign, number, russian, english]): Emoji[] => {
  const group = NUMBERS[number];
  if (group === undefined) return [];
  const title = { ru: russian[0] ?? sign, en: english[0] ?? sign };
  return [{ sign, group, title, names: [...russian, ...english] }];
});

const BY_SIGN = new Map(EMOJI.map((one) => [one.sign, one]));

/** What may be meant: first what is called that, then what that is a word for. */
export function search(asked: string): readonly Emoji[] {
  const meant = [plain(asked.trim()), plain(inOtherLayout(asked.trim()))];
  return find(EMOJI, asked)
    .map(({ entry }) => ({ entry, rank: Math.min(...meant.map((wanted) => rankOf(entry, wanted))) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MOST_FOUND)
    .map((one) => one.entry);
}

function rankOf(one: Emoji, wanted: string): number {
  const titles = [plain(one.title.ru), plain(one.title.en)];
  if (titles.includes(wanted)) return 0;
  if (titles.some((title) => title.startsWith(wanted))) return 1;
  return titles.some((title) => title.includes(wanted)) ? 2 : 3;
}

export function ofGroup(group: Group): readonly Emoji[] {
  return EMOJI.filter((one) => one.group === group);
}

/** Those used last, the latest first. */
export function recent(): readonly Emoji[] {
  const signs = recallText(NAME)?.split(" ") ?? [];
  return signs.flatMap((sign) => BY_SIGN.get(sign) ?? []).slice(0, MOST_RECENT);
}

export function used(one: Emoji): void {
  const others = recent().filter((other) => other.sign !== one.sign);
  const signs = [one, ...others].slice(0, MOST_RECENT).map((other) => other.sign);
  rememberText(NAME, signs.join(" "));
}
