/** A minute of the day as the platform's time field writes it, and back. */

export function asClock(minute: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `null` for what is no time of a day. */
export function fromClock(text: string): number | null {
  const parts = /^(\d{1,2}):(\d{2})/.exec(text);
  if (parts === null) return null;
  const [hours, minutes] = [Number(parts[1]), Number(parts[2])];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}
