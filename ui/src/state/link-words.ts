/** The line at the bottom, in words: how the connection is, what comes next, what waits. */
import type { LinkView } from "../backend/types";
import { formats, n, t } from "../i18n/i18n.svelte";

/** Seconds in which the words about a live connection stay the same. */
const STEP_S = 5;

export function linkWords(link: LinkView, unsent: number, now: number): string {
  switch (link.link) {
    case "live":
      return t("link.live", { ago: ago(link.synced_at, now) });
    case "connecting":
    case "catching_up":
      return t(`link.${link.link}`);
    case "down": {
      const down =
        link.retry_at === null
          ? t("link.down")
          : t("link.down.retry", { time: formats().stretch(Math.ceil((link.retry_at - now) / 1_000)) });
      return unsent > 0 ? `${down}, ${n("link.down.waiting", unsent)}` : down;
    }
  }
}

/** In steps: a line that says something else each second is drawn each second, all day long. */
function ago(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1_000 / STEP_S) * STEP_S;
  return seconds < STEP_S ? t("link.now") : t("link.ago", { time: formats().stretch(seconds) });
}
