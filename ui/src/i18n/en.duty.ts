/** Going on and off duty, in English: a part of `en.ts`. */
export const enDuty = {
  "duty.begin.title": "Which status do you begin with?",
  "duty.begin.why": "You have signed in and are offline: nothing comes to you yet.",
  "duty.begin.do": "Begin: {status}",
  "duty.begin.stay": "Stay offline",
  "duty.leave.title": "Change to “{status}”?",
  "duty.leave.open": {
    one: "You still have {n} open dialog.",
    other: "You still have {n} open dialogs.",
  },
  "duty.leave.do": "Change to “{status}”",
  "duty.leave.stay": "Stay online",
  "action.mute": "Mute sounds for five minutes, or hear them again",
  "muted.until": "Muted until {time}",
  "muted.over": "Hear sounds again",
} as const;
