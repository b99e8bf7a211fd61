// The demonstration page: picks the language and shows the line that a site embeds.
(() => {
  'use strict';

  // Before the body is parsed, so that nothing is seen in the other language first.
  document.documentElement.lang = /^ru\b/i.test(navigator.language || '') ? 'ru' : 'en';

  document.addEventListener('DOMContentLoaded', () => {
    const russian = document.documentElement.lang === 'ru';
    document.title = russian ? 'Чай и глина' : 'Clay & Leaf';

    const address = new URL('widget.js', document.baseURI);
    const line = `<script src="${address.href}" async></script>`;
    for (const code of document.querySelectorAll('[data-line]')) code.textContent = line;

    for (const button of document.querySelectorAll('button[data-copy]')) {
      button.addEventListener('click', async () => {
        const label = button.textContent;
        try {
          await navigator.clipboard.writeText(line);
          button.textContent = russian ? 'Скопировано' : 'Copied';
        } catch {
          // Without the clipboard the line is selected, ready to be copied by hand.
          const code = button.parentElement?.querySelector('[data-line]');
          if (code) getSelection()?.selectAllChildren(code);
          button.textContent = russian ? 'Выделено: Ctrl+C' : 'Selected: Ctrl+C';
        }
        setTimeout(() => (button.textContent = label), 2000);
      });
    }

    for (const button of document.querySelectorAll('button[data-ask]')) {
      button.addEventListener('click', () => Reflect.get(globalThis, 'Otklik')?.open());
    }
  });
})();
