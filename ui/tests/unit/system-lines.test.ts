import { describe, expect, it } from "vitest";
import { t } from "../../src/i18n/i18n.svelte";
import { systemLine } from "../../src/state/words";

const NAMED =
  "accepted assigned transferred transferred_department given_to_bot invited reopened closed closed_untaken offered waits_for declined offer_expired went_offline session_lost silent held blocked customer_edited sent_to";
const BARE =
  "returned reopened closed closed_by_customer closed_by_bot closed_no_answer closed_inactive closed_operator_removed finished bot_gave_up unheld left_site came_back counts_as_offline";

describe("a line of the hub", () => {
  it.each(NAMED.split(" "))("%s says whom it concerns", (code) => {
    expect(systemLine(`${code} Ира`)).toContain("Ира");
  });

  it.each(BARE.split(" "))("%s has words of its own", (code) => {
    expect(systemLine(code)).not.toBe(t("thread.unknown"));
  });

  it("of a newer hub is told as such", () => {
    expect(systemLine("teleported Ира")).toBe(t("thread.unknown"));
  });
});
