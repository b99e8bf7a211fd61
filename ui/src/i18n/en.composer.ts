/** Spelling, voice and colleagues beside the field, in English: a part of `en.ts`. */
export const enComposer = {
  "action.spelling": "Next misspelt word",
  "spelling.menu": "Correct the word",
  "spelling.nothing": "No similar words",
  "spelling.nothing.why": "The dictionaries have nothing like it",
  "spelling.keep": "Add “{word}” to the dictionary",
  "spelling.off": "Do not check spelling",
  "spelling.why.off": "Spelling is switched off in the settings",
  "spelling.why.view": "The system checks the words: suggestions are in the menu of an underlined one",
  "spelling.why.right": "No misspelt words",
  "settings.spelling": "Check spelling",
  "settings.spelling.hint":
    "Russian and English. Wrong words are underlined; suggestions by the right button or by {keys}.",
  "settings.own_words": {
    one: "{n} word of your own in the dictionary",
    other: "{n} words of your own in the dictionary",
  },
  "settings.own_words.forget": "Take “{word}” out of the dictionary",
} as const;
