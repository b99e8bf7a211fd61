/**
 * What this page kept by itself before the engine kept it: read once for each account, and left where it is, for an
 * account that comes later and for an older version.
 */
import type { KeyChoice, PageChoices, SavedView } from "../backend/types";
import { recall, recallText } from "./remembered";

/** Everything of it that can be read. */
export function keptByPage(): PageChoices {
  return { undo_s: recall("undo", 0, 0, 30), keys: keys(), views: views() };
}

function keys(): KeyChoice {
  const kept = record(parse("keys"));
  const own: KeyChoice["own"] = {};
  for (const [action, chord] of Object.entries(record(kept["own"]))) {
    if (chord === null || typeof chord === "string") own[action] = chord;
  }
  return { set: word(kept["set"]), own };
}

function views(): SavedView[] {
  const kept = parse("views");
  if (!Array.isArray(kept)) return [];
  return kept.map(record).flatMap((view) => {
    const name = word(view["name"]);
    if (name.trim() === "") return [];
    const filter = record(view["filter"]);
    const [marks, channels] = [words(filter["marks"]), words(filter["channels"])];
    // The other kinds came after the page had stopped keeping views by itself.
    const later = { departments: [], categories: [], tags: [] };
    return [{ name, section: word(view["section"]), marks, channels, ...later, sort: word(view["sort"]) }];
  });
}

function parse(name: string): unknown {
  try {
    return JSON.parse(recallText(name) ?? "null");
  } catch {
    return null;
  }
}

function record(of: unknown): Record<string, unknown> {
  return typeof of === "object" && of !== null ? (of as Record<string, unknown>) : {};
}

function word(of: unknown): string {
  return typeof of === "string" ? of : "";
}

function words(of: unknown): string[] {
  return Array.isArray(of) ? of.filter((one) => typeof one === "string") : [];
}
