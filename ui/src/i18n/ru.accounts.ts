/** Несколько учётных записей на одном компьютере: часть `ru.ts`. */
import type { enAccounts } from "./en.accounts";
import type { Words } from "./words";

export const ruAccounts: Pick<Words, keyof typeof enAccounts> = {
  "action.add_account": "Добавить учётную запись…",
  "accounts.label": "Учётные записи",
  "accounts.name": "{centre}: {operator}",
  "accounts.nobody": "Ждёт вас",
  "accounts.offline": "нет связи",
  "accounts.badge": {
    one: "{n} диалог ждёт вас",
    few: "{n} диалога ждут вас",
    many: "{n} диалогов ждут вас",
    other: "{n} диалога ждут вас",
  },
  "accounts.full": "Места для ещё одной учётной записи нет",
  "accounts.remove": "Убрать эту учётную запись",
  "palette.account": "Учётная запись: {name}",
  "keys.account": "К первой учётной записи, ко второй и так далее",
};
