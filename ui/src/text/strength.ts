/** How well a passphrase would hold, roughly: by the number of guesses that its length and letters call for. */

/** Fewer characters are not taken. */
export const SHORTEST = 8;

export type Strength = "short" | "weak" | "fair" | "strong";

export function strength(passphrase: string): Strength {
  const length = [...passphrase].length;
  if (length < SHORTEST) return "short";
  const bits = new Set(passphrase.toLowerCase()).size < 5 ? 0 : length * bitsPerChar(passphrase);
  if (bits < 50) return "weak";
  return bits < 75 ? "fair" : "strong";
}

/** Words of a language carry little per letter, random signs more. */
function bitsPerChar(passphrase: string): number {
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}\s]/u].filter((kind) =>
    kind.test(passphrase),
  ).length;
  return 2.2 + kinds;
}
