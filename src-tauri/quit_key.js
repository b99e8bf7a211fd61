// Ctrl+Q, on a Russian layout too: the key in that place when it makes no Latin letter.
addEventListener(
  "keydown",
  (event) => {
    const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code === "KeyQ" ? "q" : "";
    if (key !== "q" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    window.__TAURI_INTERNALS__.invoke("quit");
  },
  true,
);
