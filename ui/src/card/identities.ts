/** What is said of one of the customers who are one person. */
import type { Identity } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import { refusal } from "../state/words";
import type { Workplace } from "../state/workplace.svelte";
import { plainName } from "../text/chars";

export function channelName(workplace: Workplace, { channel }: Pick<Identity, "channel">): string {
  return plainName(workplace.channels.find(({ id }) => id === channel)?.name ?? "");
}

/** Why no dialog can be begun there now; `null` if one can. */
export function whyUnreachable({ unreachable }: Identity): string | null {
  if (unreachable === null) return null;
  if (unreachable.code === "dialog_open") return t("write.busy");
  return unreachable.code === "customer_blocked" ? t("write.blocked") : refusal(unreachable);
}

/** Where to write first: the one that was written with last, of those that can be reached. */
export function firstReachable(identities: readonly Identity[]): Identity | undefined {
  const free = identities.filter(({ unreachable }) => unreachable === null);
  return free.toSorted((a, b) => b.seen_at - a.seen_at)[0];
}
