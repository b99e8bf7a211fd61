/** Spelling, voice and colleagues beside the field, in Russian: a part of `ru.ts`. */
import type { enComposer } from "./en.composer";
import type { Words } from "./words";

export const ruComposer: Pick<Words, keyof typeof enComposer> = {
  "company.reading": {
    one: "{names} читает",
    few: "{names} читают",
    many: "{names} читают",
    other: "{names} читают",
  },
  "company.writing": {
    one: "{names} пишет",
    few: "{names} пишут",
    many: "{names} пишут",
    other: "{names} пишут",
  },
  "company.others": { one: "ещё {n}", few: "ещё {n}", many: "ещё {n}", other: "ещё {n}" },
  "action.spelling": "Следующая ошибка в слове",
  "spelling.menu": "Исправить слово",
  "spelling.nothing": "Похожих слов нет",
  "spelling.nothing.why": "В словарях нет ничего похожего",
  "spelling.keep": "Добавить «{word}» в словарь",
  "spelling.off": "Не проверять правописание",
  "spelling.why.off": "Проверка правописания выключена в настройках",
  "spelling.why.view": "Слова проверяет система: подсказки в меню подчёркнутого слова",
  "spelling.why.right": "Ошибок не найдено",
  "player.coming": "Загружается…",
  "action.voice": "Записать голосовое сообщение",
  "voice.label": "Запись голосового сообщения",
  "voice.asking": "Система спрашивает, можно ли слушать микрофон…",
  "voice.length": "Записано {length}",
  "voice.keep": "Прикрепить",
  "voice.cancel": "Не записывать",
  "voice.name": "Голосовое сообщение {time}.wav",
  "voice.trouble.refused":
    "Микрофон не разрешён. Разрешите его этой программе в настройках системы и попробуйте снова.",
  "voice.trouble.none": "Микрофон не найден. Подключите его и попробуйте снова.",
  "voice.trouble.busy": "Микрофон занят другой программой.",
  "voice.trouble.unable": "Здесь нельзя записать голос. Запишите его в другой программе и прикрепите файл.",
  "keyboard.chosen": "Выбрано:",
  "form.name": "Имя",
  "form.phone": "Телефон",
  "form.email": "Почта",
  "settings.spelling": "Проверять правописание",
  "settings.spelling.hint":
    "По-русски и по-английски. Неверные слова подчёркнуты; подсказки по правой кнопке или по {keys}.",
  "settings.own_words": {
    one: "{n} своё слово в словаре",
    few: "{n} своих слова в словаре",
    many: "{n} своих слов в словаре",
    other: "{n} своего слова в словаре",
  },
  "settings.own_words.forget": "Убрать «{word}» из словаря",
};
