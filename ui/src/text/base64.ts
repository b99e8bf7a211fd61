/** Bytes as base64, in pieces that a call's arguments can hold. */
const PIECE = 0x8000;

export function asBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
