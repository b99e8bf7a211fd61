// What is on the page that no word of a customer may bring there. Text nodes are fine, whatever is written in them.
const FORBIDDEN =
  "iframe, frame, object, embed, applet, img, picture, source, video, audio, math, base, form, template, noscript, xmp, " +
  "a, area, map, details, body body, head ~ head, foreignObject, animate, set, use, image, mglyph, portal, slot";
const elements = [...document.querySelectorAll("*")];
const own = (name) => document.querySelectorAll(name).length;
const ours = (href) => href.startsWith(new URL("/assets/", location.href).href) || /^[a-z]+:\/\/[^/]*localhost\/assets\//.test(href);
const within = (selector, allowed) =>
  [...document.querySelectorAll(selector)]
    .flatMap((one) => [...one.querySelectorAll("*")])
    .map((one) => one.localName)
    .filter((name) => !allowed.includes(name));
return {
  seen: window.__seen,
  href: location.href,
  forbidden: [...document.querySelectorAll(FORBIDDEN)].map((one) => one.outerHTML.slice(0, 200)),
  attributes: elements.flatMap((one) =>
    [...one.attributes].filter(({ name }) => /^on|^srcdoc$|^(xlink:)?href$|^src$|^formaction$/i.test(name))
      .filter(({ name, value }) => !(name === "src" && one.localName === "script" && value.startsWith("/assets/")))
      .filter(({ name }) => !(name === "href" && one.localName === "link"))
      .map(({ name, value }) => `${one.localName} ${name}=${value.slice(0, 80)}`)),
  counts: {
    script: own("script"),
    style: own("style"),
    // Parts of the page's own bundle come when they are first needed.
    link: [...document.querySelectorAll("link")].filter((one) => !ours(one.href)).length,
    meta: own("meta"),
    title: own("title"),
  },
  strangers: [
    ...within(".message .text", ["button"]),
    ...within(".who bdi, h1 bdi, h2 bdi", []),
    ...within("[role=option] .last", []),
    ...within("aside dd", ["span", "button", "svg", "path", "circle", "rect", "line", "polyline"]),
    ...within(".hit .words", ["mark"]),
  ],
};
