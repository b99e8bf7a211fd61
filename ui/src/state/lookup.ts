/** Questions that only the hub can answer. */
import type { Backend } from "../backend/backend";
import type { Found, Lookup } from "../backend/types";

/** Asks the hub; nothing without a connection. */
export async function lookUp(backend: Backend, what: Lookup): Promise<Found | null> {
  try {
    const receipt = await backend.command({ kind: "session", command: { do: "look_up", what } });
    return receipt.found;
  } catch {
    return null;
  }
}
