// Texts that a page must show as they are and never obey. Each would call `canary` if it ran.

const SCRIPTS = [
  '<script>canary("script")</script>',
  '"><script>canary("breakout")</script>',
  '</textarea></script><script>canary("close")</script>',
  '<img src=x onerror=canary("img")>',
  '<img src="x` `<script>canary("img")</script>"` `>',
  '<svg/onload=canary("svg")>',
  '<svg><animate onbegin=canary("animate") attributeName=x dur=1s>',
  '<math><mi//xlink:href="data:x,<script>canary(\'math\')</script>">',
  '<iframe srcdoc="<script>parent.canary(\'srcdoc\')</script>"></iframe>',
  '<iframe src="javascript:parent.canary(\'iframe\')"></iframe>',
  '<details open ontoggle=canary("toggle")>x</details>',
  '<video><source onerror=canary("source")></video>',
  '<body onload=canary("body")>',
  '<a href="javascript:canary(\'a\')">x</a>',
  '<style>@import "http://127.0.0.2:1/style.css"; * { display: none }</style>',
  '<link rel=stylesheet href=http://127.0.0.2:1/a.css>',
  '<img src=http://127.0.0.2:1/pixel.png>',
  '<meta http-equiv=refresh content="0;url=http://127.0.0.2:1/">',
  '<form action=http://127.0.0.2:1/><button>x</button></form>',
  '<base href=http://127.0.0.2:1/>',
  '<noscript><p title="</noscript><img src=x onerror=canary(\'mxss\')>">',
  '{{constructor.constructor("canary(1)")()}}',
  '${canary("template")}',
  '[x](javascript:canary("markdown"))',
  '&lt;script&gt;canary("entity")&lt;/script&gt;',
  'javascript:canary("bare")',
  'data:text/html,<script>canary("data")</script>',
  'http://x" onmouseover="canary(\'attribute\')',
  "https://x'onclick='canary(1)'",
  'https://example.org/<script>canary("path")</script>',
];

const SHAPES = [
  'счёт\u202Efdp.exe',
  '\u2066\u2067\u202D\u202Eнаоборот',
  'Z' + '\u0351\u0321\u0489\u036b'.repeat(400) + 'a' + '\u0315'.repeat(500),
  '👩‍👩‍👧‍👦🏳️‍🌈👍🏽 e\u0301',
  '\u200B\u200Bневидимое\u2060\uFEFF',
  'שלום עולם https://example.org/שלום',
  'x'.repeat(32_000),
  'я'.repeat(31_999) + '😀',
  'строка\n'.repeat(3_000),
  '\t<b>жирно?</b>\n\n  отступ  ',
  '\uFFFD\uFFFE\u{E0041}',
];

const CALLS = ['canary(1)', "self['canary'](1)", 'top.canary(1)', 'canary`1`', 'setTimeout(canary)'];

const ELEMENTS = [
  (call) => `<script>${call}</script>`,
  (call) => `<ScRiPt\n>${call}</sCrIpT >`,
  (call) => `<img src=x onerror=${call}>`,
  (call) => `<img src="x" onerror="${call}" `,
  (call) => `<svg/onload=${call}//`,
  (call) => `<svg><script>${call}</script></svg>`,
  (call) => `<svg><a xlink:href="javascript:${call}"><text y=9>x</text></a></svg>`,
  (call) => `<math><mtext></form><form><mglyph><style></math><img src onerror=${call}>`,
  (call) => `<iframe srcdoc="<script>parent.${call}</script>"></iframe>`,
  (call) => `<object data="data:text/html,<script>${call}</script>"></object>`,
  (call) => `<a href="java&#9;script:${call}">x</a>`,
  (call) => `<details open ontoggle=${call}>x</details>`,
  (call) => `<input autofocus onfocus=${call}>`,
  (call) => `<video><source onerror=${call}></video>`,
  (call) => `<style>@keyframes x{}</style><p style="animation:x" onanimationstart=${call}>`,
  (call) => `<template><script>${call}</script></template>`,
  (call) => `<noscript><p title="</noscript><img src=x onerror=${call}>">`,
  (call) => `<xmp><p title="</xmp><svg/onload=${call}>">`,
  (call) => `{{constructor.constructor('${call}')()}}\${${call}}<%= ${call} %>`,
  (call) => `[x](javascript:${call}) ![x](x "onerror=${call}")`,
  (call) => `<ѕсrірt>${call}</ѕсrірt>`,
];

const WRAPPINGS = [
  (text) => text,
  (text) => `">${text}`,
  (text) => `'>${text}<!--`,
  (text) => `</textarea></title></style></script>${text}`,
  (text) => `<![CDATA[${text}]]>`,
  (text) => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  (text) => encodeURIComponent(text),
  (text) => `https://shop.example/${text}`,
  (text) => `\u202E${text}\u200B`,
  (text) => text.replaceAll('<', '\\u003c'),
];

/** Every wrapping of every element around every call. */
export const BUILT = CALLS.flatMap((call) => ELEMENTS.flatMap((element) => WRAPPINGS.map((wrap) => wrap(element(call)))));

/** Some of them in one message: each stands on a line of its own. */
const PAGES = Array.from({ length: Math.ceil(BUILT.length / 70) }, (_, i) => BUILT.slice(i * 70, i * 70 + 70).join('\n'));

export const HOSTILE = [...SCRIPTS, ...SHAPES, ...PAGES];
