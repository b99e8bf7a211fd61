/** Where dialogs can be given: colleagues, departments, teams, bots, everybody. */
import type {
  BotEntry,
  DepartmentEntry,
  DepartmentKey,
  DialogRow,
  Operator,
  TransferTarget,
} from "../backend/types";
import { n, t } from "../i18n/i18n.svelte";
import type { Choice } from "../parts/Pick.svelte";
import { colleagues, isFull, named, statusName } from "../state/handbook";
import type { Workplace } from "../state/workplace.svelte";
import { plainName } from "../text/chars";

export interface Target extends Choice {
  to: TransferTarget;
}

/** What a dialog can be given to, and what of it is known: who is there, how much waits. `row`: if it is one. */
export function targetsOf(workplace: Workplace, row: DialogRow | null = null): Target[] {
  const people = colleagues(workplace.operators, workplace.me?.id).filter(
    (operator) => operator.is_bot !== true,
  );
  const queues = queuesIn(workplace.rows.section("all"));
  return [
    ...people.map((operator) => ofOperator(operator, workplace)),
    ...workplace.handbook.departments.map((department) =>
      ofDepartment(department, people, queues.get(department.key) ?? 0, row),
    ),
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
        ...readiness(bot, workplace.operators),
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

function ofDepartment(
  { key, names }: DepartmentEntry,
  people: readonly Operator[],
  waiting: number,
  row: DialogRow | null,
): Target {
  // Whoever may not see statuses sees of nobody where he works either.
  const known = people.some((operator) => operator.day != null);
  const online = people.filter(
    ({ status, day }) => status === "online" && day != null && worksFor(day.departments, key),
  ).length;
  const here = row?.state === "queue" && row.department === key;
  const words = [
    known ? (online === 0 ? t("transfer.nobody") : n("transfer.online", online)) : "",
    waiting === 0 ? "" : n("transfer.waiting", waiting),
  ];
  return {
    id: `department ${key}`,
    group: t("transfer.departments"),
    label: plainName(named(names, key)),
    detail: words.filter((part) => part !== "").join(" · "),
    reason: here ? t("transfer.there") : undefined,
    mark: known ? (online === 0 ? "off" : "good") : undefined,
    to: { to: "department", key },
  };
}

/** Whoever names no department works for all of them. */
function worksFor(departments: readonly DepartmentKey[], key: DepartmentKey): boolean {
  return departments.length === 0 || departments.includes(key);
}

/** How many dialogs wait for each department, of those that are shown here. */
function queuesIn(rows: readonly DialogRow[]): Map<DepartmentKey, number> {
  const queues = new Map<DepartmentKey, number>();
  for (const { state, department } of rows) {
    if (state === "queue" && department !== null) queues.set(department, (queues.get(department) ?? 0) + 1);
  }
  return queues;
}

/** Whether a bot takes no dialogs now: by the hub's word, or, of a hub that says nothing of it, by its status. */
export function isOff({ id, off }: BotEntry, operators: readonly Operator[]): boolean {
  return off === true || operators.find((operator) => operator.id === id)?.status === "offline";
}

/** Why there is no bot to give a dialog to; `null` if there is one. */
export function whyNoBots({ handbook, operators }: Workplace): string | null {
  if (handbook.bots.length === 0) return t("action.why.no_bots");
  return handbook.bots.every((bot) => isOff(bot, operators)) ? t("action.why.bots_off") : null;
}

function readiness(bot: BotEntry, operators: readonly Operator[]): Pick<Target, "reason" | "mark"> {
  const off = isOff(bot, operators);
  return { reason: off ? t("transfer.bot_off") : undefined, mark: off ? "off" : "good" };
}

function loadWords(active: number, most: number): string {
  return most === 0 ? String(active) : t("transfer.load", { active, most: Math.floor(most / 100) });
}
