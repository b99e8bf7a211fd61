/** Who of the centre's people has spoken to the customer in a dialog, as far as it is loaded. Pure. */
import type { Entry } from "../state/entries";
import { plainName } from "../text/chars";

/** Each once, in the order in which they first spoke. Notes are not said to the customer; earlier dialogs do not count. */
export function speakersIn(entries: readonly Entry[]): string[] {
  const names = entries.flatMap((entry) => {
    if (entry.what !== "message" || entry.dialog !== undefined || entry.item.kind === "note") return [];
    const { author, seq } = entry.item;
    return author.by === "operator" && seq !== null ? [plainName(author.name)] : [];
  });
  return [...new Set(names)];
}
