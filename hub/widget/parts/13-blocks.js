// View: building blocks.

// Sizes are in em of the reader's own text size, so that larger text enlarges everything, whatever the site does
// with its root element.
const STYLE = `
  :host {
    all: initial !important; position: fixed !important; inset: auto 0 0 auto !important; z-index: 2147483000 !important;
    display: block !important; direction: ltr !important; color-scheme: light dark; font: medium/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif !important;
    --ground: #fff; --raised: #f2f4f7; --line: #dfe3e9; --ink: #171b22; --dim: #5b6472; --alarm: #b3261e; --shade: 15 23 42;
  }
  @media (prefers-color-scheme: dark) {
    :host { --ground: #181b21; --raised: #262b34; --line: #363d48; --ink: #eceff4; --dim: #a2acba; --alarm: #ff8a80; --shade: 0 0 0; }
  }
  *, ::before, ::after { box-sizing: border-box; margin: 0; }
  [hidden] { display: none !important; }
  button, textarea, input { font: inherit; color: inherit; letter-spacing: inherit; }
  button { border: 0; background: none; padding: 0; cursor: pointer; touch-action: manipulation; }
  svg { display: block; width: 1.25em; height: 1.25em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
  :focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
  .said-only, .timeless .meta { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .launcher {
    position: absolute; right: 1.25em; bottom: 1.25em; width: 3.5em; height: 3.5em; border-radius: 50%; display: grid; place-items: center;
    background: var(--accent); color: var(--on-accent); box-shadow: 0 .25em 1.25em rgb(var(--shade) / .28); transition: transform .12s ease;
  }
  .launcher:hover { transform: scale(1.05); }
  .launcher svg { width: 1.6em; height: 1.6em; }
  .badge {
    position: absolute; top: -.15em; right: -.15em; min-width: 1.6em; padding: 0 .4em; border-radius: 1em; background: #c62828; color: #fff;
    box-shadow: 0 0 0 2px var(--ground); font-size: .8em; line-height: 1.6; font-weight: 600; text-align: center; font-variant-numeric: tabular-nums;
  }

  .panel {
    position: absolute; right: 1.35em; bottom: 6.15em; width: min(25em, 100vw - 2.7em); height: min(38em, 100dvh - 7.5em); display: flex; flex-direction: column;
    overflow: hidden; border: 1px solid var(--line); border-radius: 1em; background: var(--ground); color: var(--ink); font-size: .9375em;
    box-shadow: 0 .75em 3em rgb(var(--shade) / .22), 0 .1em .4em rgb(var(--shade) / .1); animation: appear .12s ease;
  }
  @keyframes appear { from { opacity: 0; transform: translateY(.5em); } }
  .head { display: flex; align-items: center; gap: .75em; padding: .8em .8em .8em 1em; background: var(--accent); color: var(--on-accent); }
  .face { flex: none; display: grid; place-items: center; width: 2.5em; height: 2.5em; border-radius: 50%; background: color-mix(in srgb, var(--on-accent) 18%, transparent); font-weight: 600; }
  /* By shape as well as by colour: a full disc, a ring, or a bar if no conversation begins. */
  .face { position: relative; }
  .face:not([data-line=""])::after, .launcher:not([data-line=""], [data-line="online"])::after {
    content: ""; position: absolute; right: -.1em; bottom: -.1em; width: .8em; height: .8em; border: .15em solid var(--on-accent); border-radius: 50%; background: var(--accent);
  }
  .face[data-line="online"]::after { background: var(--on-accent); }
  .launcher:not([data-line=""])::after { right: .15em; bottom: .15em; }
  .face[data-line^="busy"]::after, .launcher[data-line^="busy"]::after { width: 1em; height: .5em; border-radius: .15em; background: var(--on-accent); box-shadow: 0 0 0 .1em var(--accent); }
  .names { flex: 1; min-width: 0; }
  .names h2 { font-size: 1em; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; }
  .names p { font-size: .85em; line-height: 1.35; overflow-wrap: anywhere; }
  .head button { flex: none; padding: .5em; border-radius: .5em; }
  .head button[aria-disabled=true] { opacity: .5; cursor: default; }
  .head button:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
  .head :focus-visible { outline-color: currentColor; outline-offset: 0; }

  .thread { position: relative; flex: 1; min-height: 0; display: flex; }
  .log { flex: 1; min-width: 0; overflow: hidden auto; overscroll-behavior: contain; padding: 1em; display: flex; flex-direction: column; }
  .log:focus-visible { outline-offset: -3px; }
  .log > :first-child { margin-top: auto; }
  .greeting { padding: .5em 1em 1em; text-align: center; text-wrap: balance; color: var(--dim); margin-bottom: auto; }
  .greeting strong { display: block; margin-bottom: .25em; font-size: 1.2em; font-weight: 600; color: var(--ink); }
  .day, .system { align-self: center; max-width: 100%; margin: 1em 0 .5em; font-size: .8em; color: var(--dim); text-align: center; overflow-wrap: anywhere; }
  .day { padding: .15em .8em; border-radius: 1em; background: var(--raised); }
  .row { position: relative; max-width: 86%; margin-top: .75em; display: flex; flex-direction: column; align-items: flex-start; align-self: flex-start; }
  .row.same { margin-top: .2em; }
  .row.own { align-self: flex-end; align-items: flex-end; }
  .name { padding: 0 .2em .15em; font-size: .8em; color: var(--dim); overflow-wrap: anywhere; }
  .bubble {
    max-width: 100%; padding: .5em .8em; border-radius: 1.1em; border-start-start-radius: .35em; background: var(--raised); overflow: hidden;
    white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; text-align: start; contain: paint;
  }
  .own .bubble { background: var(--accent); color: var(--on-accent); border-start-start-radius: 1.1em; border-end-end-radius: .35em; }
  .own.refused .bubble, .own.queued .bubble { background: none; color: var(--ink); box-shadow: inset 0 0 0 1px var(--line); }
  .own.refused .bubble { box-shadow: inset 0 0 0 1.5px var(--alarm); }
  .bubble a { color: inherit; text-decoration: underline; text-underline-offset: .15em; }
  .bubble a:focus-visible { outline-color: currentColor; }
  .quote {
    display: block; width: fit-content; max-width: 100%; margin-bottom: .4em; padding: .2em .6em; overflow: hidden; white-space: normal; text-align: start;
    border-inline-start: 3px solid currentColor; border-radius: .3em; background: color-mix(in srgb, currentColor 8%, transparent); font-size: .87em; line-height: 1.35;
  }
  .quoted-who { display: block; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .quoted-words { unicode-bidi: isolate; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
  button.quote:hover { background: color-mix(in srgb, currentColor 16%, transparent); }
  .bubble .quote:focus-visible { outline-color: currentColor; outline-offset: -2px; }
  .row.found .bubble { outline: 2px solid var(--ink); animation: mark .12s ease; }
  @keyframes mark { from { outline-color: transparent; } }
  .meta { display: flex; align-items: center; gap: .35em; padding: .1em .25em 0; font-size: .75em; color: var(--dim); font-variant-numeric: tabular-nums; }
  .meta svg { width: 1.15em; height: 1.15em; }
  .problem { padding: .2em .25em 0; font-size: .85em; color: var(--alarm); text-align: end; }
  .problem button { margin-inline-start: .75em; text-decoration: underline; text-underline-offset: .15em; color: var(--ink); }

  .below {
    position: absolute; bottom: .6em; left: 50%; transform: translateX(-50%); padding: .3em 1em; border-radius: 1em; background: var(--ink); color: var(--ground);
    font-size: .85em; white-space: nowrap; box-shadow: 0 .2em .8em rgb(var(--shade) / .25);
  }
  .typing { display: flex; align-items: center; gap: .5em; min-height: 1.6em; padding: 0 1.2em .2em; font-size: .85em; color: var(--dim); overflow-wrap: anywhere; }
  .dots { flex: none; display: flex; gap: .2em; }
  .dots i { width: .35em; height: .35em; border-radius: 50%; background: currentColor; animation: breathe 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: .15s; }
  .dots i:nth-child(3) { animation-delay: .3s; }
  @keyframes breathe { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
  .going {
    position: absolute; right: 5.5em; bottom: 1.6em; width: max-content; max-width: min(20em, 100vw - 7em); margin: 0; padding: .6em 1em; border: 1px solid var(--line);
    border-radius: .75em; background: var(--ground); color: var(--ink); font-size: .9375em; overflow-wrap: anywhere; box-shadow: 0 .25em 1.25em rgb(var(--shade) / .28);
  }
  .going:empty { display: none; }
  .status { padding: .5em 1.2em; background: var(--raised); font-size: .85em; color: var(--ink); }
  .status:empty, .counter:empty { padding: 0; }

  .place { display: flex; align-items: center; gap: .6em; }
  .place svg { flex: none; }
  .spot { font-variant-numeric: tabular-nums; }
  .bubble.bare { padding: 0; background: none !important; box-shadow: none !important; color: var(--ink); }
  .bare img { display: block; width: auto; max-width: min(160px, 100%); max-height: 160px; }
  .file { display: flex; align-items: center; gap: .6em; max-width: 100%; text-align: start; flex-wrap: wrap; }
  .file svg { flex: none; }
  .file img { display: none; flex: 1 0 100%; max-width: 100%; max-height: 14em; border-radius: .5em; object-fit: contain; }
  .file.pictured img { display: block; }
  .file-said { min-width: 0; display: flex; flex-direction: column; overflow-wrap: anywhere; }
  button.file .file-said bdi { text-decoration: underline; text-underline-offset: .15em; }
  button.file:focus-visible { outline-color: currentColor; }
  progress { width: 100%; height: .4em; margin-top: .3em; accent-color: var(--accent); }
  .answers { display: flex; flex-wrap: wrap; gap: .4em; margin-top: .4em; }
  .answers button { padding: .4em .8em; border: 1px solid var(--dim); border-radius: 1em; overflow-wrap: anywhere; text-align: start; }
  .form { display: grid; gap: .5em; width: 100%; margin-top: .4em; font-size: .9em; }
  .form label { display: grid; gap: .15em; overflow-wrap: anywhere; }
  .form input:not([type=radio]), .form textarea { width: 100%; padding: .4em .6em; border: 1px solid var(--dim); border-radius: .5em; background: var(--ground); }
  .form .wide { padding: .5em 1em; border-radius: .5em; background: var(--accent); color: var(--on-accent); }
  .first > p { font-weight: 600; }
  .fault { color: var(--alarm); overflow-wrap: anywhere; }
  .form [aria-invalid] { border-color: var(--alarm) !important; }
  .form ::placeholder { color: var(--dim); opacity: 1; }
  .survey, .share, .first { margin: 0; padding: .8em 1em; border-top: 1px solid var(--line); max-height: 60%; overflow-y: auto; }
  .share small { display: block; }
  .share p { overflow-wrap: anywhere; }
  .stars { display: flex; gap: .3em; border: 0; padding: 0; }
  .stars legend { padding: 0 0 .3em; font-weight: 600; }
  .stars label { position: relative; padding: .2em; border-radius: .3em; }
  .stars input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; width: 100%; height: 100%; }
  .stars svg { width: 1.8em; height: 1.8em; }
  .stars label:has(:checked) svg, .stars label:has(~ label :checked) svg { fill: currentColor; }
  .stars label:has(:focus-visible) { outline: 2px solid var(--ink); }
  .acts { display: flex; justify-content: flex-end; gap: 1em; align-items: center; }
  .panel.dropping .thread { outline: 2px dashed var(--accent); outline-offset: -6px; }

  .composer { display: grid; grid-template-columns: auto 1fr auto; gap: .2em .5em; align-items: end; padding: .6em .6em .6em .8em; border-top: 1px solid var(--line); }
  .composer textarea {
    width: 100%; min-height: 2.6em; max-height: 9em; padding: .55em .7em; resize: none; border: 1px solid var(--line); border-radius: .9em; background: var(--ground);
    line-height: 1.4; overflow-y: auto;
  }
  .composer textarea::placeholder { color: var(--dim); opacity: 1; }
  .composer textarea:focus-visible { outline-width: 1.5px; outline-offset: -1px; }
  .composer .tools { display: flex; grid-column: 1; }
  .composer .attach { display: grid; place-items: center; width: 2.6em; height: 2.6em; border-radius: 50%; color: var(--dim); }
  .composer textarea { grid-column: 2; }
  .composer .tools:not(:has(> :not([hidden]))) { display: none; }
  .composer .tools:not(:has(> :not([hidden]))) + textarea { grid-column: 1 / 3; }
  .composer .send { grid-column: 3; display: grid; place-items: center; width: 2.6em; height: 2.6em; border-radius: 50%; background: var(--accent); color: var(--on-accent); }
  .composer .send[aria-disabled=true] { background: var(--raised); color: var(--dim); cursor: default; }
  .counter { grid-column: 1 / -1; padding: 0 .7em; font-size: .8em; color: var(--dim); font-variant-numeric: tabular-nums; }
  .counter.over { color: var(--alarm); }

  @media (max-width: 30em), (max-height: 26em) {
    /* Full size again: below it a telephone would zoom in on the field. */
    .panel { position: fixed; inset: 0; font-size: 1em; width: 100%; height: var(--shown-height, 100dvh); border: 0; border-radius: 0; }
    .panel:not([hidden]) + .launcher { display: none; }
    .composer { padding-bottom: max(.6em, env(safe-area-inset-bottom)); }
  }
  @media (prefers-reduced-motion: reduce) {
    *, ::before, ::after { animation: none !important; transition: none !important; }
  }
  @media print {
    :host { display: none !important; }
  }
  @media (forced-colors: active) {
    .launcher, .panel, .bubble, .composer .send { border: 1px solid CanvasText; }
  }
`;

/** The same question as in STYLE: whether the panel covers the page. */
const SMALL_SCREEN = '(max-width: 30em), (max-height: 26em)';

const ICON = {
  chat: ['M21 11.5a8.4 8.4 0 0 1-12 7.6L3 21l1.9-5.7A8.4 8.4 0 1 1 21 11.5Z'],
  down: ['m6 9 6 6 6-6'],
  cross: ['M6 6l12 12', 'M18 6 6 18'],
  clip: ['M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17a1.7 1.7 0 0 1-2.4-2.4L15 7'],
  place: ['M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11Z', 'M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z'],
  file: ['M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8Z', 'M14 3v5h5'],
  done: ['M9 12l2 2 4-4', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
  star: ['m12 3 2.7 5.6 6.1.8-4.5 4.2 1.1 6.1L12 16.8l-5.4 2.9 1.1-6.1L3.2 9.4l6.1-.8Z'],
  send: ['M12 19V5', 'm6 11 6-6 6 6'],
  queued: ['M12 7v5l3 2', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
  held: ['M12 7v5l3 2', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
  sending: ['M12 19V5', 'm6 11 6-6 6 6'],
  sent: ['m5 13 4 4L19 7'],
  read: ['m2 13 4 4L16 7', 'm12 16 1 1L23 7'],
  refused: ['M12 8v5', 'M12 16.5v.01', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
};

/** @param {string[]} paths */
function icon(paths) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const path of paths) svg.appendChild(document.createElementNS(space, 'path')).setAttribute('d', path);
  return svg;
}

/**
 * An element with attributes and children; strings become text, never markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} text words for a screen reader only */
const saidOnly = (text) => el('span', { class: 'said-only' }, text);

/**
 * Sets a text only if it differs: a live region speaks at every change.
 * @param {Element} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * The accent colour and what can be read on it.
 * @param {string | undefined} wish from the site; anything but `#rgb` and `#rrggbb` is ignored
 */
function accentStyle(wish) {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(wish ?? '');
  const long = short === null ? wish : `#${short.slice(1).map((digit) => digit + digit).join('')}`;
  const colour = /^#[0-9a-f]{6}$/i.test(long ?? '') ? String(long).toLowerCase() : '#2450c8';
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // The contrast of white and of black with it, by WCAG: the better of the two is always 4.5 or more.
  const onAccent = 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
  return `:host { --accent: ${colour}; --on-accent: ${onAccent}; }`;
}
