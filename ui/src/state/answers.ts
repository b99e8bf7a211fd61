/** What a message with a shape of its own is made of: answers to choose from, a form that was filled in. Pure. */
import type { ThreadItem } from "../backend/types";
import type { Entry } from "./entries";

/** A bot's question, and the answers that the customer could choose from. */
export interface Choice {
  question: string;
  answers: readonly string[];
}

export function choiceOf(item: ThreadItem): Choice {
  const [question = "", ...answers] = item.text.split("\n");
  return { question, answers: answers.filter((answer) => answer.trim() !== "") };
}

/** What the customer said next, if that is one of the answers. */
export function chosenOf(entries: readonly Entry[], key: string, answers: readonly string[]): string | null {
  const place = entries.findIndex((entry) => entry.what === "message" && entry.item.key === key);
  for (const entry of place === -1 ? [] : entries.slice(place + 1)) {
    if (entry.what !== "message" || entry.item.author.by !== "customer") continue;
    const said = entry.item.text.trim();
    return answers.find((answer) => answer.trim() === said) ?? null;
  }
  return null;
}

/** A filled form: what was asked, and what the customer wrote. A line without a name has none. */
export function filledOf(item: ThreadItem): { name: string; value: string }[] {
  return item.text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", ...rest] = line.split(": ");
      return rest.length === 0 ? { name: "", value: line } : { name, value: rest.join(": ") };
    });
}
