/** Finding a ready answer by what is typed: its command, its name, its folder, its words. */
import type { TemplateEntry } from "../backend/types";
import { inOtherLayout } from "../keys/layout";
import { find, plain, type Found, type Named } from "../text/match";
import { recallText, rememberText } from "../state/remembered";

/** A ready answer as it is looked for. */
export interface Answer extends Named {
  key: string;
  template: TemplateEntry;
  /** Its folders, in a line. */
  place: string;
}

/** Answers under one heading. */
export interface Shelf {
  /** Where they lie; `""` for those that lie in no folder. */
  place: string;
  own: boolean;
  found: Found<Answer>[];
}

const MOST_FOUND = 50;
const MOST_LATELY = 5;
/** Of more, nobody reads all: they are looked for. */
const MOST_SHOWN = 200;
const USED = "templates";
/** Nobody looks for words that stand deep in a text. */
const LOOKED_THROUGH = 400;

/** What can be looked for. Made once for a handbook: the finder keeps what it has spelt out. */
export function answersOf(templates: readonly TemplateEntry[]): Answer[] {
  return templates.map((template) => {
    const place = template.folder.join(" / ");
    const texts = Object.values(template.texts).map((text) => text.slice(0, LOOKED_THROUGH));
    const names = [template.name, template.command ?? "", `${place} ${template.name}`, ...texts];
    return { key: keyOf(template), template, place, names: names.filter((name) => name !== "") };
  });
}

/** Answers that `query` may mean: those it commands, those it names, those it stands in. */
export function search(answers: readonly Answer[], query: string): Found<Answer>[] {
  const meant = [plain(query.trim()), plain(inOtherLayout(query.trim()))];
  return find(answers, query)
    .map((found) => ({ found, rank: Math.min(...meant.map((wanted) => rankOf(found, wanted))) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MOST_FOUND)
    .map((one) => one.found);
}

function rankOf({ entry, marks }: Found<Answer>, wanted: string): number {
  const command = plain(entry.template.command ?? "");
  if (command === wanted) return 0;
  if (command !== "" && command.startsWith(wanted)) return 1;
  return marks.length > 0 ? 2 : 3;
}

/** All of them: those used last, then one's own, then the centre's, by folder. */
export function shelves(answers: readonly Answer[]): { lately: Found<Answer>[]; shelves: Shelf[] } {
  const unmarked = (entry: Answer): Found<Answer> => ({ entry, marks: [] });
  const byKey = new Map(answers.map((answer) => [answer.key, answer]));
  const lately = latelyUsed().flatMap((key) => byKey.get(key) ?? []);
  const all: Shelf[] = [];
  for (const entry of answers.slice(0, MOST_SHOWN)) {
    const { own } = entry.template;
    let shelf = all.find((one) => one.own === own && one.place === entry.place);
    if (shelf === undefined) all.push((shelf = { place: entry.place, own, found: [] }));
    shelf.found.push(unmarked(entry));
  }
  const order = (shelf: Shelf) => `${shelf.own ? 0 : 1}${shelf.place}`;
  return {
    lately: lately.slice(0, MOST_LATELY).map(unmarked),
    shelves: all.toSorted((a, b) => order(a).localeCompare(order(b))),
  };
}

/** It was used: it stands among the first next time. Kept by its name alone, never by its words. */
export function used(template: TemplateEntry): void {
  const others = latelyUsed().filter((key) => key !== keyOf(template));
  rememberText(USED, [keyOf(template), ...others].slice(0, MOST_LATELY).join("\n"));
}

function latelyUsed(): string[] {
  return recallText(USED)?.split("\n") ?? [];
}

function keyOf(template: TemplateEntry): string {
  return `${template.own ? "own" : "centre"}/${template.name}`;
}
