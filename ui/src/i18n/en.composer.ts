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
  "player.coming": "Loading…",
  "action.voice": "Record a voice note",
  "voice.label": "Recording a voice note",
  "voice.asking": "The system is asked for the microphone…",
  "voice.length": "{length} recorded",
  "voice.keep": "Attach",
  "voice.cancel": "Do not record",
  "voice.name": "Voice note {time}.wav",
  "voice.trouble.refused":
    "The microphone is not allowed. Allow it for this program in the system’s settings and try again.",
  "voice.trouble.none": "No microphone was found. Plug one in and try again.",
  "voice.trouble.busy": "Another program is using the microphone.",
  "voice.trouble.unable": "Voice cannot be recorded here. Record it in another program and attach the file.",
  "settings.spelling": "Check spelling",
  "settings.spelling.hint":
    "Russian and English. Wrong words are underlined; suggestions by the right button or by {keys}.",
  "settings.own_words": {
    one: "{n} word of your own in the dictionary",
    other: "{n} words of your own in the dictionary",
  },
  "settings.own_words.forget": "Take “{word}” out of the dictionary",
} as const;
