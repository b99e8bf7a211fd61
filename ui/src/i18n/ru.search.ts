/** How the conditions of a search, and days, are called in Russian: understood whichever language is shown. */
export const RU_CONDITIONS = {
  клиент: "customer",
  от: "customer",
  оператор: "operator",
  канал: "channel",
  с: "since",
  по: "until",
} as const;

export const RU_TODAY = "сегодня";
export const RU_YESTERDAY = "вчера";
