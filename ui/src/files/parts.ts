/** A file of the operator's machine in parts that fit into a call. */

/** Bytes of a part: a multiple of three, so that no part but the last is padded. */
const PART = 192 * 1024;

/** A part as it travels. */
export interface Part {
  /** How many bytes came before. */
  at: number;
  /** The bytes in base64. */
  part: string;
}

/** The parts of a file, in their order. */
export async function* partsOf(file: Blob): AsyncGenerator<Part> {
  for (let at = 0; at < file.size; at += PART) {
    yield { at, part: await base64(file.slice(at, at + PART)) };
  }
}

/** By the browser's own hand: a loop over bytes would hold up the page. */
function base64(bytes: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const address = String(reader.result);
      resolve(address.slice(address.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error("the file cannot be read"));
    reader.readAsDataURL(bytes);
  });
}
