/** Заслонка над окном: часть `ru.ts`. */
import type { enCover } from "./en.cover";
import type { Words } from "./words";

export const ruCover: Pick<Words, keyof typeof enCover> = {
  "action.cover": "Закрыть экран сейчас",
  "cover.title": "Экран закрыт",
  "cover.nothing": "Вас никто не ждёт",
  "cover.press.lead": "Нажмите любую клавишу или кнопку.",
  "cover.press.wrong": "Открыть не удалось. Попробуйте ещё раз.",
  "cover.code.lead": "Его откроет ваш код. Сообщения приходят, написанное отправляется.",
  "cover.code.field": "Код",
  "cover.code.wrong": "Код неверный. Ничего не изменено.",
  "cover.passphrase.lead": "Его откроет ваша парольная фраза. Сообщения приходят, написанное отправляется.",
  "cover.passphrase.field": "Парольная фраза",
  "cover.passphrase.wrong": "Парольная фраза неверная. Ничего не изменено.",
  "cover.wait": "Неверно. Следующая попытка — через {time}.",
  "cover.open": "Открыть",
  "cover.sign_out": "Выйти",
  "cover.sign_out.hint":
    "Прочитанное удалится с этого компьютера; неотправленное сохранится до вашего следующего входа с паролем.",
  "cover.sign_out.sure": "Выйти сейчас",
  "cover.stay": "Остаться",
  "settings.cover": "Закрытие экрана",
  "settings.cover_after": "Закрывать, когда никого нет",
  "settings.cover_after.hint": "0 — никогда. Блокировка компьютера и сон закрывают всегда.",
  "settings.close_after": "Забывать ключи ещё через",
  "settings.close_after.hint":
    "Тогда прочитанное закрывается и читается заново, когда вы откроете экран. 0 — сразу.",
  "cover.code.hint": "С кодом программа спросит, кто пришёл. Без него экран откроет любая клавиша.",
  "cover.code.is_set": "Код задан. Его спросит и запуск программы.",
  "cover.code.vault": "Экран открывает парольная фраза ваших секретов.",
  "cover.code.now": "Нынешний код",
  "cover.code.now_first": "Сначала введите нынешний код",
  "cover.code.new": "Новый код",
  "cover.code.length": "От 4 до 128 знаков",
  "cover.code.choose": "Задать код",
  "cover.code.change": "Сменить код",
  "cover.code.remove": "Убрать код",
  "cover.code.set": "Код задан",
  "cover.code.removed": "Код убран",
  "error.wrong_code": "Код неверный, или пауза после неверного ещё не кончилась. Ничего не изменено.",
};
