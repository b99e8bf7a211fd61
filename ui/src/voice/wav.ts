/** Sound as a WAV file: one channel of 16 bits. Every messenger and every browser plays it. */

const HEADER = 44;

export function wavOf(pieces: readonly Float32Array[], rate: number): Blob {
  const samples = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const file = new DataView(new ArrayBuffer(HEADER + samples * 2));
  const word = (at: number, text: string) =>
    [...text].forEach((sign, i) => file.setUint8(at + i, sign.charCodeAt(0)));
  word(0, "RIFF");
  file.setUint32(4, HEADER - 8 + samples * 2, true);
  word(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  // Plain numbers, one channel.
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rate, true);
  file.setUint32(28, rate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  word(36, "data");
  file.setUint32(40, samples * 2, true);
  let at = HEADER;
  for (const piece of pieces) {
    for (const sample of piece) {
      file.setInt16(at, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
      at += 2;
    }
  }
  return new Blob([file.buffer], { type: "audio/wav" });
}
