/** Tags as they are typed: between commas, each once. Pure. */
export function tagsOf(typed: string): string[] {
  const tags = typed
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return [...new Set(tags)];
}
