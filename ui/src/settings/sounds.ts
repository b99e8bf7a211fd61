/** What the operator does with the sounds of alerts. */
import type { AlertSound } from "../backend/types";
import type { Workplace } from "../state/workplace.svelte";

/** Lets the operator hear a class of sound. */
export async function trySound(workplace: Workplace, sound: AlertSound): Promise<void> {
  await workplace.do({ do: "try_sound", sound });
}

/** Plays a class with the operator's own sound from now on, ours again without one. */
export async function useSound(
  workplace: Workplace,
  sound: AlertSound,
  name: string,
  file: string | null,
): Promise<void> {
  await workplace.app({ do: "use_sound", sound, name, file });
}

/** What could play sounds; nothing if the system does not say. */
export async function soundDevices(workplace: Workplace): Promise<readonly string[]> {
  const answer = await workplace.backend.query({ kind: "sound_devices" }).catch(() => null);
  return answer?.kind === "sound_devices" ? answer.names : [];
}
