/** A place that a customer shared, as people read it and as other programs take it. */
import type { Spot } from "../backend/types";
import { t } from "../i18n/i18n.svelte";

/** Digits that tell a tenth of a metre: as many as are kept. */
const DIGITS = 6;
/** How near the map is: a few streets. */
const ZOOM = 16;

/** `55.751244° N, 37.618423° E` */
export function coordinates({ latitude, longitude }: Spot): string {
  const degrees = (value: number) => Math.abs(value).toFixed(DIGITS);
  const north = t(latitude < 0 ? "place.south" : "place.north", { degrees: degrees(latitude) });
  const east = t(longitude < 0 ? "place.west" : "place.east", { degrees: degrees(longitude) });
  return `${north}, ${east}`;
}

/** `55.751244, 37.618423`: what any map understands. */
export function plainCoordinates({ latitude, longitude }: Spot): string {
  return `${latitude.toFixed(DIGITS)}, ${longitude.toFixed(DIGITS)}`;
}

/** Where a map shows it with a mark; opened outside, and only after the operator was told where the link leads. */
export function mapAddress({ latitude, longitude }: Spot): string {
  const [north, east] = [latitude.toFixed(DIGITS), longitude.toFixed(DIGITS)];
  const mark = new URLSearchParams({ mlat: north, mlon: east });
  return `https://www.openstreetmap.org/?${mark}#map=${ZOOM}/${north}/${east}`;
}
