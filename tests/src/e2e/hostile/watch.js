// Watches from inside the page for anything that hostile words could make happen.
window.__seen = { ran: 0, violations: [], unloads: 0 };
window.canary = () => {
  window.__seen.ran += 1;
};
for (const name of ["alert", "confirm", "prompt", "open"]) {
  const real = window[name];
  window[name] = (...args) => {
    window.__seen.ran += 1;
    return name === "open" ? real.apply(window, args) : undefined;
  };
}
document.addEventListener("securitypolicyviolation", (event) => {
  window.__seen.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
window.addEventListener("beforeunload", () => {
  window.__seen.unloads += 1;
});
return true;
