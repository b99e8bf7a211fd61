const put = (tag, properties, parent = document.body) => {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
};
const drawn = (css) => {
  const element = put("div", { textContent: "x" });
  for (const [name, value] of Object.entries(css)) element.style.setProperty(name, value);
};
const ways = {
  fetch: (at) => void fetch(`http://${at}/`).catch(() => {}),
  "fetch without cors": (at) => void fetch(`http://${at}/`, { mode: "no-cors", keepalive: true }).catch(() => {}),
  "fetch over tls": (at) => void fetch(`https://${at}/`).catch(() => {}),
  xhr: (at) => {
    const request = new XMLHttpRequest();
    request.open("POST", `http://${at}/`);
    request.send("x");
  },
  websocket: (at) => new WebSocket(`ws://${at}/`),
  "websocket over tls": (at) => new WebSocket(`wss://${at}/`),
  "event source": (at) => new EventSource(`http://${at}/`),
  beacon: (at) => navigator.sendBeacon(`http://${at}/`, "x"),
  image: (at) => (new Image().src = `http://${at}/pixel.png`),
  "image in the page": (at) => put("img", { src: `http://${at}/pixel.png` }),
  "image set": (at) => put("img", { srcset: `http://${at}/pixel.png 1x` }),
  script: (at) => put("script", { src: `http://${at}/x.js` }, document.head),
  "module script": (at) => put("script", { type: "module", src: `http://${at}/x.js` }, document.head),
  import: (at) => void import(`http://${at}/x.js`).catch(() => {}),
  stylesheet: (at) => put("link", { rel: "stylesheet", href: `http://${at}/x.css` }, document.head),
  prefetch: (at) => put("link", { rel: "prefetch", href: `http://${at}/x` }, document.head),
  preload: (at) => put("link", { rel: "preload", as: "image", href: `http://${at}/x` }, document.head),
  "name resolved ahead": (at) => put("link", { rel: "dns-prefetch", href: `//${at}` }, document.head),
  "names resolved ahead of links": (at) => {
    put("meta", { httpEquiv: "x-dns-prefetch-control", content: "on" }, document.head);
    put("a", { href: `http://${at}/`, textContent: "x" });
  },
  preconnect: (at) => put("link", { rel: "preconnect", href: `http://${at}/` }, document.head),
  "module preload": (at) => put("link", { rel: "modulepreload", href: `http://${at}/x.js` }, document.head),
  icon: (at) => put("link", { rel: "icon", href: `http://${at}/x.ico` }, document.head),
  manifest: (at) => put("link", { rel: "manifest", href: `http://${at}/x.json` }, document.head),
  "style import": (at) => put("style", { textContent: `@import url(http://${at}/x.css);` }, document.head),
  background: (at) => drawn({ "background-image": `url(http://${at}/x.png)` }),
  cursor: (at) => drawn({ cursor: `url(http://${at}/x.png), auto` }),
  font: (at) => {
    const face = new FontFace("outside", `url(http://${at}/x.woff2)`);
    document.fonts.add(face);
    void face.load().catch(() => {});
  },
  frame: (at) => put("iframe", { src: `http://${at}/` }),
  "frame with words": (at) => put("iframe", { srcdoc: `<img src="http://${at}/x.png">` }),
  object: (at) => put("object", { data: `http://${at}/` }),
  embed: (at) => put("embed", { src: `http://${at}/` }),
  video: (at) => put("video", { src: `http://${at}/x.mp4`, poster: `http://${at}/x.png`, preload: "auto" }),
  audio: (at) => put("audio", { src: `http://${at}/x.mp3`, preload: "auto" }).load(),
  worker: (at) => new Worker(`http://${at}/x.js`),
  "worker of words": (at) => new Worker(URL.createObjectURL(new Blob([`fetch("http://${at}/")`]))),
  form: (at) => put("form", { action: `http://${at}/`, method: "post" }).submit(),
  "form in a new window": (at) => put("form", { action: `http://${at}/`, target: "_blank" }).submit(),
  "link clicked": (at) => put("a", { href: `http://${at}/`, textContent: "x" }).click(),
  "link in a new window": (at) => put("a", { href: `http://${at}/`, target: "_blank", textContent: "x" }).click(),
  download: (at) => put("a", { href: `http://${at}/x.bin`, download: "x.bin", textContent: "x" }).click(),
  ping: (at) => put("a", { href: "#x", ping: `http://${at}/`, textContent: "x" }).click(),
  "window opened": (at) => window.open(`http://${at}/`),
  navigation: (at) => location.assign(`http://${at}/`),
  "navigation by refresh": (at) => put("meta", { httpEquiv: "refresh", content: `0;url=http://${at}/` }, document.head),
  "navigation to words": () => (location.href = "data:text/html,<h1>x"),
  "navigation to a file": () => (location.href = "file:///etc/passwd"),
  "navigation to what looks like the page": () => (location.href = "tauri://localhost.evil.test/"),
  "navigation to a host that begins like it": (at) => (location.href = `http://tauri.localhost@${at}/`),
  "navigation to the bridge": () => (location.href = "ipc://localhost/command"),
  "navigation to a customer's file": () => (location.href = "otklik-file://localhost/file/1/large"),
  "frame of data": (at) => put("iframe", { src: `data:text/html,<img src="http://${at}/x.png">` }),
  "frame of a blob": (at) => {
    const page = new Blob([`<img src="http://${at}/x.png">`], { type: "text/html" });
    put("iframe", { src: URL.createObjectURL(page) });
  },
  "frame of a file": () => put("iframe", { src: "file:///etc/passwd" }),
  "frame of the page itself": () => put("iframe", { src: location.href }),
  "peer connection": (at) => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${at}` }] });
    peer.createDataChannel("x");
    void peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(() => {});
  },
};
