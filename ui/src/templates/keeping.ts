/** A ready answer of one's own while it is written: what the form holds, and what is wrong with it. Pure. */
import type { OwnTemplate, TemplateEntry } from "../backend/types";
import { countChars } from "../text/chars";

/** What the form begins with. */
export interface Kept {
  /** The name it has now; `null`: it is new. */
  before: string | null;
  name: string;
  command: string;
  folder: string;
  texts: Record<string, string>;
}

export type Trouble = "nameless" | "name_taken" | "command" | "command_taken" | "folder" | "empty" | "long";

const MOST_FOLDERS = 5;
const MOST_NAME = 100;
const COMMAND = /^[\p{Alphabetic}\p{N}_-]{1,50}$/u;

/** A new one from these words, or one that exists. */
export function keptFrom(from: TemplateEntry | string, language: string): Kept {
  if (typeof from === "string") {
    return { before: null, name: nameFrom(from), command: "", folder: "", texts: { [language]: from } };
  }
  const { name, command, folder, texts } = from;
  const copy: Record<string, string> = {};
  for (const [tag, text] of Object.entries(texts)) if (text !== undefined) copy[tag] = text;
  return { before: name, name, command: command ?? "", folder: folder.join(" / "), texts: copy };
}

/** The first words, as a name that can be put right. */
function nameFrom(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  if (line.length <= 40) return line;
  return line.slice(0, 40).replace(/\s+\S*$/u, "");
}

/** What is wrong, field by field; nothing if it can be kept. */
export function troubles(kept: Kept, others: readonly TemplateEntry[], most: number): ReadonlySet<Trouble> {
  const found = new Set<Trouble>();
  const rest = others.filter((one) => !(one.own && one.name === kept.before));
  const name = kept.name.trim();
  const command = commandOf(kept);
  const folder = folderOf(kept);
  const texts = Object.values(textsOf(kept));
  if (name === "" || countChars(name) > MOST_NAME) found.add("nameless");
  else if (rest.some((one) => one.own && one.name === name)) found.add("name_taken");
  if (command !== null && !COMMAND.test(command)) found.add("command");
  else if (command !== null && rest.some((one) => one.command?.toLowerCase() === command.toLowerCase()))
    found.add("command_taken");
  if (folder.length > MOST_FOLDERS || folder.some((part) => countChars(part) > MOST_NAME))
    found.add("folder");
  if (texts.length === 0) found.add("empty");
  if (texts.some((text) => countChars(text) > most)) found.add("long");
  return found;
}

/** As the hub keeps it. */
export function templateOf(kept: Kept): OwnTemplate {
  return { folder: folderOf(kept), command: commandOf(kept), texts: textsOf(kept) };
}

function commandOf(kept: Kept): string | null {
  const command = kept.command.trim().replace(/^\//u, "");
  return command === "" ? null : command;
}

function folderOf(kept: Kept): string[] {
  const parts = kept.folder.split("/").map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function textsOf(kept: Kept): Record<string, string> {
  return Object.fromEntries(Object.entries(kept.texts).filter(([, text]) => text.trim() !== ""));
}
