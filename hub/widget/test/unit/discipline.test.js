// What must not stand in the sources, and what the protocol's page says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parts, source } from '../support/parts.js';

const read = (name) => (name === 'widget.js' ? source : readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
const scripts = { 'widget.js': source, 'demo.js': read('demo.js') };

test('no way from text to code, and no style that a policy would refuse', () => {
  const sinks = [
    'innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'DOMParser', 'createContextualFragment', 'setHTML', 'srcdoc', 'eval(', 'new Function',
    'import(', 'cssText', "setAttribute('style", 'style: ', '.onerror', 'console.',
  ];
  for (const [name, text] of Object.entries(scripts)) {
    for (const sink of sinks) assert.ok(!text.includes(sink), `${name} holds ${sink}`);
    assert.ok(!/set(Timeout|Interval)\(\s*['"`]/.test(text), `${name} runs a string`);
  }
});

test('no address of anybody else', () => {
  const allowed = ['https://hub.example/widget.js', 'http://www.w3.org/2000/svg'];
  for (const name of ['widget.js', 'demo.js', 'demo.html', 'demo.css']) {
    const addresses = (read(name).match(/(?:https?:|wss?:)?\/\/[a-z0-9][\w.-]*\.[a-z]+[^\s"'`<>)]*/gi) ?? []).filter((address) => !allowed.includes(address));
    assert.deepEqual(addresses, [], name);
  }
});

test('the page keeps to a policy without exceptions', () => {
  const page = read('demo.html');
  assert.ok(!/\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:/i.test(page));
  for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
    assert.match(attributes, /src="\/widget(\.js|\/demo\.js)"/);
    assert.equal(body, '');
  }
  assert.match(page, /<script src="\/widget\.js" async><\/script>\n<\/body>/);
});

test('the page says everything in both languages', () => {
  const page = read('demo.html').replace(/<head>[\s\S]*<\/head>/, '');
  const count = (language) => page.match(new RegExp(`lang="${language}"`, 'g')).length;
  // The document's own language is one more.
  assert.equal(count('ru') + 1, count('en'));
});

test('every frame to a page that the protocol\'s description shows is understood', () => {
  const description = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
  const frames = [...description.matchAll(/```json hub-to-page\n([\s\S]*?)```/g)].map(([, frame]) => JSON.parse(frame));
  assert.ok(frames.length >= 6);
  for (const frame of frames) assert.deepEqual(parts.soundFrame(frame)?.t, frame.t);
  const [welcome] = frames.filter(({ t }) => t === 'welcome');
  assert.deepEqual(parts.soundFrame(welcome), welcome);
});
