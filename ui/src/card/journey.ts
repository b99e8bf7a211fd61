/** A customer's way as the card tells it: pages, the newest first, the place in words, his own time. Pure. */
import type { DialogRow, Journey, PageVisit, Place, PlaceName } from "../backend/types";
import type { Lang } from "../i18n/format";

/** A page in the card's list. */
export interface ShownPage {
  url: string;
  title: string;
  /** When he came to it; not known before the hub was asked. */
  at: number | null;
  /** He is on it now. */
  now: boolean;
}

/** The page he is on, or was last, then those before. The row knows the first of them before the hub is asked. */
export function pagesOf(row: Pick<DialogRow, "page" | "presence">, journey: Journey | null): ShownPage[] {
  const visits = [...(journey?.pages ?? [])].reverse();
  const [newest] = visits;
  const shown = ({ url, title, at }: PageVisit, now = false): ShownPage => ({ url, title, at, now });
  const here = row.presence === "on_site";
  if (row.page === null || newest?.url === row.page.url) {
    return visits.map((visit, place) => shown(visit, place === 0 && here));
  }
  return [{ ...row.page, at: null, now: here }, ...visits.map((visit) => shown(visit))];
}

/** Where an address leads, short: host and path. */
export function shortUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return pathname === "/" ? host : `${host}${pathname}`;
}

/** City, region, country: each once, from the nearest on; empty if nothing is known. */
export function placeWords(place: Place | null | undefined, lang: Lang): string {
  if (place == null) return "";
  const words = [nameOf(place.city, lang), nameOf(place.region, lang), countryOf(place.country, lang)];
  return [...new Set(words.filter((word) => word !== ""))].join(", ");
}

function nameOf(name: PlaceName | null | undefined, lang: Lang): string {
  return name?.[lang] ?? name?.en ?? name?.ru ?? "";
}

function countryOf(code: string | null | undefined, lang: Lang): string {
  if (code == null) return "";
  try {
    return new Intl.DisplayNames([lang], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
