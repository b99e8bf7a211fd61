// A site of somebody else's that embeds the widget: another origin than the hub, a policy as strict as sites have,
// styles and shortcuts that would spoil a widget that did not keep to itself.
import { createServer } from 'node:http';

export class Site {
  #server = null;
  port = 0;
  /** Attributes of the script element. */
  attributes = '';
  shortcuts = 0;

  /** @param {string} hub the hub's address */
  constructor(hub) {
    this.hub = hub;
  }

  async start() {
    this.#server = createServer((request, response) => this.#page(request, response));
    await new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
    this.port = this.#server.address().port;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  get address() {
    return `http://localhost:${this.port}/`;
  }

  #page(request, response) {
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    if (request.url === '/site.css') {
      response.writeHead(200, { 'content-type': 'text/css' });
      return response.end('html{font-size:62.5%}*{font-family:fantasy;color:red}div{display:none;position:static;transform:scale(2)}button{all:unset}p{line-height:9}');
    }
    if (request.url === '/site.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      return response.end("globalThis.shortcuts=0;document.addEventListener('keydown',()=>{globalThis.shortcuts+=1});");
    }
    const hub = new URL(this.hub).origin;
    const policy = `default-src 'none'; script-src 'self' ${hub}; style-src 'self'; connect-src ${hub} ${hub.replace('http', 'ws')}; img-src 'self'; require-trusted-types-for 'script'`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    response.end(
      `<!doctype html><html lang="ru"><head><title>Чужой сайт</title><link rel="stylesheet" href="/site.css"><script src="/site.js"></script>` +
        `<script src="${this.hub}widget.js" ${this.attributes} async></script></head><body><main><h1>Чужой сайт</h1></main></body></html>`,
    );
  }
}
