/** Where a customer can be sent: what the hub will say of an address, before it is asked. Pure. */
import type { PlainKey } from "../i18n/i18n.svelte";

/** The longest address, in characters. */
const LONGEST = 2_000;

/** Why nobody can be sent to what was typed; `null` if he can. */
export function whyNotThere(typed: string, origins: readonly string[]): PlainKey | null {
  const text = typed.trim();
  if (text === "") return "teleport.empty";
  if ([...text].length > LONGEST) return "words.over";
  if (!URL.canParse(text)) return "teleport.bad";
  const url = new URL(text);
  const ofWeb = url.protocol === "https:" || url.protocol === "http:";
  if (!ofWeb || url.username !== "" || url.password !== "") return "teleport.bad";
  return origins.includes(url.origin) ? null : "teleport.elsewhere";
}

/** What stands in the field at first: the page he is on, if he could be sent there, else the first site. */
export function firstAddress(page: string | null, origins: readonly string[]): string {
  if (page !== null && whyNotThere(page, origins) === null) return page;
  const [first] = origins;
  return first === undefined ? "" : `${first}/`;
}
