/**
 * A voice note while it is spoken. What the microphone hears stays on the page until it is kept as a file in the tray;
 * the microphone is given back as soon as nothing is recorded.
 */
import tape from "./tape.js?url&no-inline";
import { wavOf } from "./wav";

/** Speech needs no more, in samples a second. */
const RATE = 16_000;
/** Longer notes nobody listens to; and all of it is in memory. */
export const MOST_S = 600;

/** Why nothing can be recorded. */
export type VoiceTrouble = "refused" | "none" | "busy" | "unable";

export class Voice {
  state = $state<"idle" | "asking" | "recording">("idle");
  trouble = $state<VoiceTrouble | null>(null);
  /** Seconds spoken so far. */
  seconds = $state(0);
  /** How loud it is now, 0 to 1. */
  level = $state(0);
  #pieces: Float32Array[] = [];
  #microphone: MediaStream | null = null;
  #context: AudioContext | null = null;
  /** Counts beginnings: who is asked for a microphone may have changed his mind before he has it. */
  #turn = 0;

  constructor(
    /** It has become too long and was kept. */
    private readonly onfull: () => void = () => undefined,
  ) {}

  get able(): boolean {
    return typeof navigator.mediaDevices?.getUserMedia === "function" && typeof AudioWorklet === "function";
  }

  async begin(): Promise<void> {
    if (this.state !== "idle") return;
    this.trouble = null;
    if (!this.able) {
      this.trouble = "unable";
      return;
    }
    this.#turn += 1;
    const turn = this.#turn;
    this.state = "asking";
    try {
      const microphone = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      if (turn !== this.#turn) return silence(microphone);
      this.#microphone = microphone;
      await this.#record(microphone);
      if (turn === this.#turn) this.state = "recording";
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.cancel();
      this.trouble = troubleOf(thrown);
    }
  }

  /** Ends it: the file, or `null` if nothing was heard. */
  finish(name: string): File | null {
    const pieces = this.#pieces;
    const rate = this.#context?.sampleRate ?? RATE;
    this.cancel();
    return pieces.length === 0 ? null : new File([wavOf(pieces, rate)], name, { type: "audio/wav" });
  }

  /** Ends it, and nothing is kept. */
  cancel(): void {
    this.#turn += 1;
    if (this.#microphone !== null) silence(this.#microphone);
    void this.#context?.close().catch(() => undefined);
    this.#microphone = null;
    this.#context = null;
    this.#pieces = [];
    this.seconds = 0;
    this.level = 0;
    this.state = "idle";
  }

  async #record(microphone: MediaStream): Promise<void> {
    const context = new AudioContext({ sampleRate: RATE });
    this.#context = context;
    await context.audioWorklet.addModule(tape);
    const node = new AudioWorkletNode(context, "tape", { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => this.#hear(data, context);
    context.createMediaStreamSource(microphone).connect(node);
    await context.resume();
  }

  #hear(piece: Float32Array, context: AudioContext): void {
    // What was still on its way when it ended.
    if (context !== this.#context) return;
    this.#pieces.push(piece);
    this.seconds = (this.#pieces.length * piece.length) / context.sampleRate;
    this.level = Math.sqrt(piece.reduce((sum, sample) => sum + sample * sample, 0) / piece.length);
    if (this.seconds >= MOST_S) this.onfull();
  }
}

function silence(microphone: MediaStream): void {
  for (const track of microphone.getTracks()) track.stop();
}

function troubleOf(thrown: unknown): VoiceTrouble {
  const name = thrown instanceof DOMException ? thrown.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "unable";
}
