/** The card, earlier dialogs, the search beyond this machine and the operator's day, in Russian: a part of `ru.ts`. */
import type { enCard } from "./en.card";
import type { Words } from "./words";

export const ruCard: Pick<Words, keyof typeof enCard> = {
  "card.name": "Имя",
  "card.tags": "Метки",
  "card.comment": "Комментарий",
  "card.department": "Отдел",
  "card.category": "Категория",
  "card.subject": "Тема",
  "card.dialog_tags": "Метки диалога",
  "card.nothing": "Не указано",
  "card.restricted": "Виден не всем операторам",
  "card.blocked": "Заблокирован",
  "card.no_right": "Менять данные клиента вам не разрешено.",
  "card.edit": "{what}: {value}. Изменить",
  "card.edit.hint": "Нажмите, чтобы изменить",
  "card.edit.line": "Enter сохранит, Esc отменит",
  "card.edit.lines": "Ctrl+Enter сохранит, Esc отменит",
  "card.earlier": "Прежние обращения",
  "card.earlier.find": "Поиск по обращениям клиента",
  "card.earlier.none": "Таких слов в обращениях нет.",
  "card.earlier.here": "Показано то, что есть на этом компьютере.",
  "thread.join": "Показать обращение № {number}, {day}",
  "thread.begins": "Обращение № {number}, начато {day}",
  "thread.begins.open": "Это обращение, № {number}, начато {day}",
  "thread.begins.go": "Открыть",
  "day.label": "Мой день",
  "day.active": { one: "{n} диалог", few: "{n} диалога", many: "{n} диалогов", other: "{n} диалога" },
  "day.held": { one: "{n} отложен", few: "{n} отложено", many: "{n} отложено", other: "{n} отложено" },
};
