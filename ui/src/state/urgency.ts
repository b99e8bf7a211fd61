/** How loudly a waiting time is shown. */

/** From here on it is amber, seconds. */
export const SOON_S = 60;
/** From here on it is red, seconds. */
export const LATE_S = 180;

export type Urgency = "fresh" | "soon" | "late";

export function urgency(seconds: number): Urgency {
  if (seconds >= LATE_S) return "late";
  return seconds >= SOON_S ? "soon" : "fresh";
}
