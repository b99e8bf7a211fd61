/** Conversations of a shop, a bank and a clinic, for the engine in memory. */

/** Who says a line: the customer or an operator. */
export type Line = ["c" | "o", string];

export interface Story {
  language: "ru" | "en";
  channel: string;
  page: { url: string; title: string };
  lines: readonly Line[];
}

const SHOP = { url: "https://shop.example/lamp-atlas", title: "Настольная лампа «Атлас»" };
const BANK = { url: "https://bank.example/cards", title: "Cards and limits" };
const CLINIC = { url: "https://clinic.example/doctors", title: "Врачи и расписание" };

export const STORIES: readonly Story[] = [
  {
    language: "ru",
    channel: "Сайт магазина",
    page: SHOP,
    lines: [
      ["c", "Здравствуйте! Лампа «Атлас» есть в белом цвете?"],
      ["o", "Добрый день! Да, белая есть, осталось семь штук."],
      ["c", "А доставка в Тверь сколько идёт?"],
      ["o", "Обычно два дня, курьер звонит за час. Можно и в пункт выдачи, это бесплатно."],
      ["c", "Тогда в пункт. И ещё: лампочка в комплекте?"],
      ["c", "И можно ли вернуть, если не подойдёт к столу?"],
    ],
  },
  {
    language: "en",
    channel: "Bank, web",
    page: BANK,
    lines: [
      ["c", "Hi, my card was declined twice this morning."],
      ["o", "Good morning! I am sorry about that. May I check the card ending in 4410?"],
      ["c", "Yes, that one."],
      ["o", "The daily limit was reached by the hotel's deposit. I can raise it for today."],
      [
        "c",
        "Please do, I am at the counter right now. The terms say https://bank.example/limits#daily, is it the same?",
      ],
    ],
  },
  {
    language: "ru",
    channel: "Клиника",
    page: CLINIC,
    lines: [
      ["c", "Добрый вечер. Можно перенести приём у доктора Соколовой с четверга на пятницу?"],
      ["o", "Здравствуйте! В пятницу свободно в 9:40 и в 16:20. Какое время удобно?"],
      ["c", "16:20, спасибо"],
      ["o", "Готово, ждём вас в пятницу в 16:20. Возьмите, пожалуйста, прежние снимки."],
      ["c", "А анализы нужно сдавать натощак?"],
    ],
  },
  {
    language: "en",
    channel: "Shop, web",
    page: { url: "https://shop.example/orders/118204", title: "Order 118204" },
    lines: [
      ["c", "When will my order 118204 arrive?"],
      ["o", "It left the warehouse this morning and should be with you tomorrow before noon."],
      ["c", "Great, can the courier leave it with the neighbour in flat 12?"],
      ["o", "I have added the note for the courier."],
      ["c", "Thank you! 🙏"],
    ],
  },
  {
    language: "ru",
    channel: "Банк, сайт",
    page: { url: "https://bank.example/ru/mortgage", title: "Ипотека" },
    lines: [
      ["c", "Какие документы нужны для рефинансирования?"],
      ["o", "Паспорт, справка о доходах за шесть месяцев и договор с прежним банком."],
      ["c", "Справка по форме банка подойдёт?"],
    ],
  },
];

export const NAMES: readonly (string | null)[] = [
  "Ира Петрова",
  "Oliver Grant",
  "Марина Соколова",
  "Emma Whitfield",
  null,
  "Денис Ковалёв",
  "Анна-Мария Константинопольская-Преображенская",
  "James O'Neill",
  "Тимур Абдуллин",
  null,
  "Sofia Lindqvist",
  "Екатерина Белова",
  "يوسف الحداد",
  "Paul Becker",
];

export const COLLEAGUES: readonly string[] = ["Олег Савин", "Лена Мирская", "Tom Adler"];
