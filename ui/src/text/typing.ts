/** Words put into a field as the operator would type them: undo takes them back, and the field tells of them itself. */

/** Types plain words in place of what is selected. False if they could only be set, without a word to anybody. */
export function typeInto(field: HTMLTextAreaElement, text: string): boolean {
  const plain = text.replace(/\r\n?/g, "\n").replaceAll("\0", "");
  if (plain === "" || edit("insertText", plain)) return true;
  field.setRangeText(plain, field.selectionStart, field.selectionEnd, "end");
  return false;
}

/** Takes out what is selected. False as above. */
export function eraseIn(field: HTMLTextAreaElement): boolean {
  if (edit("delete")) return true;
  field.setRangeText("", field.selectionStart, field.selectionEnd, "end");
  return false;
}

function edit(command: string, words?: string): boolean {
  return typeof document.execCommand === "function" && document.execCommand(command, false, words);
}
