/** Where dialogs can be given: colleagues, departments, teams, bots, everybody. */
import type { Operator, TransferTarget } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import type { Choice } from "../parts/Pick.svelte";
import { colleagues, isFull, named, statusName } from "../state/handbook";
import type { Workplace } from "../state/workplace.svelte";
import { plainName } from "../text/chars";

export interface Target extends Choice {
  to: TransferTarget;
}

export function targetsOf(workplace: Workplace): Target[] {
  const people = colleagues(workplace.operators, workplace.me?.id).filter(
    (operator) => operator.is_bot !== true,
  );
  return [
    ...people.map((operator) => ofOperator(operator, workplace)),
    ...workplace.handbook.departments.map((department) => ({
      id: `department ${department.key}`,
      group: t("transfer.departments"),
      label: plainName(named(department.names, department.key)),
      to: { to: "department", key: department.key } as const,
    })),
    ...workplace.handbook.teams.map((team) => ({
      id: `team ${team.key}`,
      group: t("transfer.teams"),
      label: plainName(named(team.names, team.key)),
      to: { to: "team", key: team.key } as const,
    })),
    ...workplace.handbook.bots.flatMap((bot) =>
      [null, ...bot.scenarios].map((scenario) => ({
        id: `bot ${bot.id} ${scenario ?? ""}`,
        group: t("transfer.bots"),
        label: plainName(bot.name),
        detail: scenario ?? "",
        to: { to: "bot", id: bot.id, scenario } as const,
      })),
    ),
    { id: "queue", group: t("transfer.queue"), label: t("transfer.everybody"), to: { to: "queue" } },
  ];
}

function ofOperator(operator: Operator, workplace: Workplace): Target {
  const load = operator.day?.load;
  const here = operator.status === "online";
  const status = statusName(operator, workplace.handbook);
  return {
    id: `operator ${operator.id}`,
    group: t("transfer.people"),
    label: plainName(operator.name),
    detail: load === undefined ? status : loadWords(load.active, load.most),
    reason: here ? undefined : status,
    mark: !here ? "off" : isFull(operator) ? "busy" : "good",
    to: { to: "operator", id: operator.id },
  };
}

function loadWords(active: number, most: number): string {
  return most === 0 ? String(active) : t("transfer.load", { active, most: Math.floor(most / 100) });
}
