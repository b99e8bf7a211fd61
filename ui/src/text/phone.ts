/** Telephone numbers as people type them: with brackets, blanks and dashes, and in Russia with 8 or +7 before them. Pure. */

/** Digits of a Russian number with what stands before it. */
const RUSSIAN = 11;
/** Fewer digits than these are in nearly every number. */
const LEAST = 3;

/** Whether `typed` may be (a part of) this number. Words, and next to no digits, are of none. */
export function isOfPhone(phone: string, typed: string): boolean {
  if (!/^[\d\s()+.\-\u2010-\u2015\u00a0]+$/u.test(typed)) return false;
  const [number, wanted] = [digits(phone), digits(typed)];
  if (wanted.length < LEAST) return false;
  if (number.includes(wanted)) return true;
  return number.length === RUSSIAN && /^[78]/.test(number) && begins(wanted, number);
}

/** Both with 8 and with +7: the rest decides. */
function begins(wanted: string, number: string): boolean {
  return /^[78]/.test(wanted) && number.slice(1).startsWith(wanted.slice(1));
}

function digits(text: string): string {
  return text.replace(/\D/g, "");
}
