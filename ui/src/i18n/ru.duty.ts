/** Выход на линию и уход с неё: часть `ru.ts`. */
import type { enDuty } from "./en.duty";
import type { Words } from "./words";

export const ruDuty: Pick<Words, keyof typeof enDuty> = {
  "duty.begin.title": "С какого статуса начать?",
  "duty.begin.why": "Вы вошли и пока офлайн: к вам ничего не приходит.",
  "duty.begin.do": "Начать: {status}",
  "duty.begin.stay": "Остаться офлайн",
  "duty.leave.title": "Сменить статус на «{status}»?",
  "duty.leave.open": {
    one: "У вас остался {n} открытый диалог.",
    few: "У вас осталось {n} открытых диалога.",
    many: "У вас осталось {n} открытых диалогов.",
    other: "У вас осталось {n} открытых диалога.",
  },
  "duty.leave.do": "Сменить на «{status}»",
  "duty.leave.stay": "Остаться онлайн",
  "action.mute": "Без звука пять минут или снова со звуком",
  "muted.until": "Без звука до {time}",
  "muted.over": "Включить звук",
};
