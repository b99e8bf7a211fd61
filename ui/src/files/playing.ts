/** Sounds and films for a view that plays nothing from the files' addresses: WebKitGTK is one. */
import type { Backend, FileOwner } from "../backend/backend";

/** More than this is saved and played elsewhere: all of it would be kept in memory. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Brings all of it here; the address is given back when it is not played any more. `null` if it is too large or gone. */
export async function bring(backend: Backend, whose: FileOwner, id: string): Promise<string | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let [got, size, type] = [0, 1, ""];
  while (got < size) {
    const file = `${whose}/${id}`;
    const answer = await backend.query({ kind: "played", file, from: got }).catch(() => null);
    if (answer?.kind !== "played" || answer.part === "" || answer.size > MOST_BYTES) return null;
    const part = bytesOf(answer.part);
    parts.push(part);
    [got, size, type] = [got + part.length, answer.size, answer.media];
  }
  return URL.createObjectURL(new Blob(parts, { type }));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}
