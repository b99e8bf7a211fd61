/** What the engine in memory reads: search hits, and links after inspection. Rougher than the engine's own. */
import type { LinkCheck, SearchHit } from "../types";
import type { FakeDialog } from "./desk";

/** Letters around a hit. */
const AROUND = 60;

export function searchHits(
  dialogs: readonly FakeDialog[],
  text: string,
  limit: number,
): { hits: SearchHit[]; more: boolean } {
  const wanted = text.trim().toLowerCase();
  const hits: SearchHit[] = [];
  for (const dialog of wanted === "" ? [] : dialogs) {
    for (const item of dialog.items) {
      const at = item.text.toLowerCase().indexOf(wanted);
      if (at === -1 || item.seq === null || item.kind === "system") continue;
      const end = at + wanted.length;
      hits.push({
        dialog: dialog.id,
        number: dialog.number,
        name: dialog.name,
        customer_number: dialog.number + 4_000,
        seq: item.seq,
        author: item.author,
        at: item.at,
        pieces: [
          item.text.slice(Math.max(0, at - AROUND), at),
          item.text.slice(at, end),
          item.text.slice(end, end + AROUND),
        ],
      });
    }
  }
  hits.sort((a, b) => b.at - a.at);
  return { hits: hits.slice(0, limit), more: hits.length > limit };
}

export function checkLink(url: string): LinkCheck | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  const warnings: string[] = [];
  switch (parsed.protocol) {
    case "mailto:":
    case "tel:":
      return { host: parsed.pathname, url, warnings };
    case "https:":
      break;
    case "http:":
      warnings.push("not_encrypted");
      break;
    default:
      return null;
  }
  if (parsed.username !== "") warnings.push("userinfo");
  if (parsed.hostname.includes("xn--")) warnings.push("mixed_scripts");
  return { host: parsed.host, url: parsed.href, warnings };
}
