/** Several accounts on one machine, in English: a part of `en.ts`. */
export const enAccounts = {
  "action.add_account": "Add an account…",
  "accounts.label": "Accounts",
  "accounts.name": "{centre}: {operator}",
  "accounts.nobody": "Waits for you",
  "accounts.offline": "no connection",
  "accounts.badge": { one: "{n} dialog wants something", other: "{n} dialogs want something" },
  "accounts.full": "There is no room for another account",
  "accounts.remove": "Remove this account",
  "palette.account": "Account: {name}",
  "keys.account": "To the first account, the second, and so on",
};
