/** What the centre of the engine in memory keeps ready, and who works there. */
import type { Day, Handbook, Operator, Snapshot, TemplateEntry } from "../types";
import { COLLEAGUES } from "./sayings";

export const HANDBOOK: Handbook = {
  digest: "fake",
  departments: [
    { key: "sales", names: { ru: "Продажи", en: "Sales" } },
    { key: "support", names: { ru: "Поддержка", en: "Support" } },
  ],
  teams: [{ key: "cards", names: { ru: "Карты", en: "Cards" } }],
  bots: [{ id: "op-bot", name: "Подсказчик", scenarios: ["Возвраты"] }],
  statuses: [
    { key: "online", names: { ru: "Онлайн", en: "Online" }, kind: "online" },
    { key: "lunch", names: { ru: "Обед", en: "Lunch" }, kind: "break" },
    { key: "mail", names: { ru: "Разбор почты", en: "Mail" }, kind: "offline_requests" },
    { key: "offline", names: { ru: "Офлайн", en: "Offline" }, kind: "offline" },
  ],
  categories: [
    { key: "delivery", names: { ru: "Доставка", en: "Delivery" }, retired: false },
    { key: "delivery/late", names: { ru: "Опоздание", en: "Late" }, retired: false },
    { key: "payment", names: { ru: "Оплата", en: "Payment" }, retired: false },
    { key: "gifts", names: { ru: "Подарки", en: "Gifts" }, retired: true },
  ],
  offers: false,
  category_required: false,
  category_required_in: {},
  asks_status: false,
  channels: [],
  teleport: ["https://shop.example.org", "https://bank.example.org"],
  leaving: {},
  templates: [
    {
      name: "Прощание",
      own: true,
      folder: ["Вежливость"],
      command: "пока",
      texts: { ru: "Хорошего дня, {customer|и до связи}!", en: "Have a nice day, {customer|and goodbye}!" },
    },
    {
      name: "Приветствие",
      own: true,
      folder: [],
      command: "привет",
      texts: {
        ru: "{greeting}, {customer|друг}! Меня зовут {operator}, чем могу помочь?",
        en: "{greeting}, {customer|friend}! I am {operator}. How can I help?",
      },
    },
    {
      name: "Delivery",
      own: false,
      folder: ["Доставка"],
      command: "delivery",
      texts: { ru: "Доставка займёт {days|2} дня.", en: "It takes {days|2} days." },
    },
    {
      name: "Где посылка",
      own: false,
      folder: ["Доставка", "Отслеживание"],
      command: "где",
      texts: {
        ru: "Посылка {track} уже в пути. Следить за ней можно в личном кабинете, в разделе «Заказы».",
        en: "Parcel {track} is on its way. You can follow it in your account, under Orders.",
      },
    },
    {
      name: "Возврат денег",
      own: false,
      folder: ["Оплата"],
      command: "возврат",
      texts: {
        ru: "Деньги вернутся на карту в течение {days|5} рабочих дней. Номер обращения: {number}.",
        en: "The money is back on the card within {days|5} working days. Your case: {number}.",
      },
    },
    {
      name: "Не прошла оплата",
      own: false,
      folder: ["Оплата"],
      command: null,
      texts: {
        ru: "Проверьте, пожалуйста, лимит карты и попробуйте ещё раз.\nЕсли не выйдет, пришлите снимок экрана с ошибкой.",
        en: "Please check the limit of the card and try again.\nIf it fails, send us a picture of the error.",
      },
    },
    {
      name: "Всё ещё здесь?",
      own: false,
      folder: ["Вежливость"],
      command: "тут",
      texts: { ru: "{customer|Вы} ещё здесь?", en: "Are you still there?" },
    },
    {
      name: "Тёплые слова",
      own: false,
      folder: ["Вежливость"],
      command: null,
      texts: { ru: "Спасибо, что остаётесь с нами!", en: "Thank you for staying with us!" },
    },
  ],
};

/** What the one at this workplace may do. */
export const RIGHTS: Snapshot["rights"] = [
  "accept",
  "see_queue",
  "see_others",
  "close_own",
  "transfer_own",
  "note",
  "send_file",
  "edit_customer",
  "invite",
  "request_contact",
  "transcript",
  "edit_own",
  "delete_own",
  "edit_templates",
  "see_reports",
  "see_ratings",
];

export const OPERATORS: Operator[] = COLLEAGUES.map((name, place) => ({
  id: `op-${name}`,
  name,
  status: place % 3 === 2 ? "offline" : "online",
  day: {
    code: place % 3 === 2 ? "offline" : "online",
    since: 0,
    set_by: { by: "himself" },
    departments: [],
    load: { active: place + 1, offered: 0, held: 0, weight: (place + 1) * 100, most: 300 },
  },
}));

/** With another ready answer of one's own under this name, or without one. */
export function withTemplate(handbook: Handbook, name: string, template: TemplateEntry | null): Handbook {
  const others = handbook.templates.filter((one) => !(one.own && one.name === name));
  const own = [...others.filter((one) => one.own), ...(template === null ? [] : [template])];
  const templates = [...own, ...others.filter((one) => !one.own)];
  return { ...handbook, digest: `${handbook.digest}+`, templates };
}

/** Whether one has signed in and is still to say with which status one begins. */
export function asksStatus(handbook: Handbook, day: Day): boolean {
  const kind = handbook.statuses.find(({ key }) => key === day.code)?.kind;
  return handbook.asks_status && kind === "offline" && day.set_by.by === "login";
}
