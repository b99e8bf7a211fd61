// Start.

/** @param {HTMLScriptElement} script */
function start(script) {
  const hub = new URL('.', script.src);
  const prefix = `otklik ${hub.href} `;
  const widget = new Widget(
    {
      hub,
      shelf: new Shelf(() => localStorage, prefix),
      drafts: new Shelf(() => sessionStorage, prefix),
      locks: navigator.locks,
      language: navigator.language || 'en',
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      department: script.dataset.department,
      isLookedAt: () => document.visibilityState === 'visible',
      go: (address) => location.assign(address),
      page: () => ({ url: firstChars(location.href, 2000), title: firstChars(document.title, 200) }),
    },
    script.dataset,
  );
  Object.assign(globalThis, { Otklik: Object.freeze({ open: () => widget.open(), close: () => widget.close() }) });
  const begin = () => {
    widget.start();
    if (script.dataset.open !== undefined && script.dataset.open !== 'false') widget.open();
  };
  if (document.body === null) document.addEventListener('DOMContentLoaded', begin);
  else begin();
}

if (globalThis.document === undefined) {
  // Loaded without a page, by the tests: they get the parts that need none.
  Object.assign(globalThis, {
    OtklikParts: {
      RUSSIAN, ENGLISH, wordsFor, systemLine, charCount, storedText, isBlank, firstChars, cleanName, linkRuns, ClientIds, Shelf,
      Turn, Outbox, Ratings, KeptContacts, KeptWords, Conversation, Going, Connection, Draft, Uploads, refusalOf, sizeText, soundAttachment, soundSpot, spotText, distanceText, soundForms, fieldFault, fitsMask, intoMask, shownMask, faultText, frameOf, soundQuote, isAway, isBusy, isPassing, Chat, Calendar, soundFrame, parseFrame, backoff, accentStyle,
    },
  });
} else if (!('Otklik' in globalThis) && document.currentScript instanceof HTMLScriptElement) {
  start(document.currentScript);
}
