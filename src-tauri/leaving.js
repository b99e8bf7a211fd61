// The pages are left: what is being written goes to the engine. Asked until it says that it is there.
(() => {
  const leaving = (window.__otklikLeaving ??= { waits: null, over: false });
  if (leaving.waits === null) {
    leaving.waits = [];
    dispatchEvent(new CustomEvent("otklik-leaving", { detail: leaving.waits }));
    Promise.allSettled(leaving.waits).then(() => (leaving.over = true));
  }
  return leaving.over;
})();
