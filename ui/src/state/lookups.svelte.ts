/** Questions that only the hub can answer, and when a part of the page asks one again. */
import { untrack } from "svelte";
import type { Backend } from "../backend/backend";
import type { Found, LinkView, Lookup } from "../backend/types";

/** Asks the hub; nothing without a connection. */
export async function lookUp(backend: Backend, what: Lookup): Promise<Found | null> {
  try {
    const receipt = await backend.command({ kind: "session", command: { do: "look_up", what } });
    return receipt.found;
  } catch {
    return null;
  }
}

/**
 * Asks when a part comes upon the screen, when what it asks about has become another, and when there is a connection
 * again; never because of the answer, least of all because there was none. What `ask` returns is called when its answer
 * is wanted no more.
 */
export function askAgain(
  workplace: { readonly link: LinkView },
  about: () => string,
  ask: () => (() => void) | void,
): void {
  const asked = $derived(workplace.link.link === "live" ? about() : null);
  $effect(() => (asked === null ? undefined : untrack(ask)));
}
