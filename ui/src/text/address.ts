/** An address as an operator types it, as a link that the customer can open; `null` if it is none. Pure. */
export function linkOf(typed: string): string | null {
  const text = typed.trim();
  if (text === "" || /\s/u.test(text)) return null;
  const named = /^[a-z][a-z0-9+.-]*:/iu.exec(text)?.[0].toLowerCase();
  // `host:port` has no scheme either.
  const whole = named === undefined || /^[^/]+:\d/u.test(text) ? `https://${text}` : text;
  let url: URL;
  try {
    url = new URL(whole);
  } catch {
    return null;
  }
  if (url.protocol === "mailto:" || url.protocol === "tel:") return url.pathname === "" ? null : url.href;
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const plain = url.username === "" && url.password === "";
  return plain && /^[^.]+(?:\.[^.]+)+$|^localhost$|^\[/u.test(url.hostname) ? url.href : null;
}
