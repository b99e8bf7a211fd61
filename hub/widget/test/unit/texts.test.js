import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts } from '../support/parts.js';

const { RUSSIAN, ENGLISH, wordsFor, systemLine, charCount, storedText, isBlank, firstChars, cleanName, linkRuns, Calendar, accentStyle } = parts;

test('Russian for Russian browsers, English for all others', () => {
  for (const [language, words] of [['ru', RUSSIAN], ['ru-RU', RUSSIAN], ['RU', RUSSIAN], ['en-GB', ENGLISH], ['uk', ENGLISH], ['rue', ENGLISH], ['', ENGLISH], [undefined, ENGLISH]]) {
    assert.equal(wordsFor(language), words, language);
  }
});

test('both languages say the same things', () => {
  const shape = (value) => (value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)])) : typeof value);
  assert.deepEqual(shape(ENGLISH), shape(RUSSIAN));
});

test('counts are said in the right form', () => {
  const said = [0, 1, 2, 5, 11, 21, 22, 25, 101, 111].map((count) => RUSSIAN.unread(count));
  assert.deepEqual(said, [
    '0 новых сообщений', '1 новое сообщение', '2 новых сообщения', '5 новых сообщений', '11 новых сообщений',
    '21 новое сообщение', '22 новых сообщения', '25 новых сообщений', '101 новое сообщение', '111 новых сообщений',
  ]);
  assert.deepEqual([ENGLISH.unread(1), ENGLISH.unread(2)], ['1 new message', '2 new messages']);
});

test('system lines: a code, a space and a name', () => {
  for (const [code, line] of [
    ['accepted Ира', 'Вам отвечает Ира'],
    ['accepted Анна Мария фон Штерн', 'Вам отвечает Анна Мария фон Штерн'],
    ['accepted', 'Оператор на связи'],
    ['transferred Олег', 'Разговор продолжит Олег'],
    ['closed Ира', 'Разговор завершён. Напишите, если появятся вопросы'],
    ['reopened', 'Разговор продолжен'],
    ['accepted \u202Eари', 'Вам отвечает ари'],
    ['levitated Ира', null],
    ['constructor', null],
    ['__proto__ x', null],
    ['', null],
  ]) {
    assert.equal(systemLine(RUSSIAN, code), line, code);
  }
});

test('lengths are counted as the hub counts them', () => {
  for (const [text, count] of [['', 0], ['абв', 3], ['😀', 1], ['e\u0301', 2], ['👩‍👩‍👧', 5]]) assert.equal(charCount(text), count, text);
  assert.equal(firstChars('😀😀😀', 2), '😀😀');
  assert.equal(firstChars('аб', 5), 'аб');
});

test('a text is stored without NUL, with plain line ends, with whole characters', () => {
  assert.equal(storedText('a\0b\r\nc\rd\uD800e😀'), 'ab\nc\nd\uFFFDe😀');
});

test('what cannot be seen is no message', () => {
  for (const text of ['', ' ', '\n\t', '\u200B', '\u3164', '\u2066\u2069', '\uFE0F', '\u00A0\u00AD', '\u{E0020}']) assert.ok(isBlank(text), JSON.stringify(text));
  for (const text of ['.', '😀', ' a ', '\u0301']) assert.ok(!isBlank(text), JSON.stringify(text));
});

test('names are one short line', () => {
  assert.equal(cleanName('  Ира\n\tПетрова \u202E '), 'Ира Петрова');
  assert.equal(cleanName('x'.repeat(500)).length, 80);
  for (const nothing of [null, undefined, 7, {}, '\u200B']) assert.equal(cleanName(nothing), '');
});

test('links', () => {
  const links = (text) => linkRuns(text).filter(({ href }) => href !== undefined).map((run) => run.text);
  for (const [text, expected] of [
    ['см. https://example.org.', ['https://example.org']],
    ['(https://example.org/a_(b))', ['https://example.org/a_(b)']],
    ['«https://example.org/путь», дальше', ['https://example.org/путь']],
    ['HTTP://EXAMPLE.ORG/X и https://b.example?q=1&w=2#f!', ['HTTP://EXAMPLE.ORG/X', 'https://b.example?q=1&w=2#f']],
    ['https://example.org/a,b;c:d', ['https://example.org/a,b;c:d']],
    ['https://', []],
    ['https://user@evil.example', []],
    ['https://bank.example:pass@evil.example/', []],
    ['javascript:alert(1)', []],
    ['data:text/html,x', []],
    ['ftp://example.org file:///etc/passwd', []],
    ['xhttps://example.org', []],
    ['https://exa\u200Bmple.org', []],
    ['https://example.org/\u202Egnp.exe', []],
    [`https://example.org/${'a'.repeat(3000)}`, []],
    ['https://[::bad', []],
  ]) {
    assert.deepEqual(links(text), expected, text);
  }
});

test('a text with links is still the same text', () => {
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const bits = ['https://', 'http://a.example', ')', '(', '.', ' ', 'слово', '\u202E', '😀', '@', '"', '<', '\n', 'javascript:', ',', '//'];
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: random(12) }, () => bits[random(bits.length)]).join('');
    const runs = linkRuns(text);
    assert.equal(runs.map((run) => run.text).join(''), text);
    for (const { href } of runs) assert.ok(href === undefined || /^https?:\/\//.test(href));
  }
});

test('a hostile text of the largest size is cut into links in no time', () => {
  const started = performance.now();
  for (const unit of ['(', ')', 'https://', 'https://a.example/(', '.', 'http://x,']) linkRuns(`https://${unit.repeat(Math.ceil(32_000 / unit.length))}`);
  assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
});

test('days are said as people say them', () => {
  const calendar = new Calendar(RUSSIAN, 'ru-RU');
  const now = new Date(2026, 2, 12, 0, 5).getTime();
  assert.equal(calendar.day(new Date(2026, 2, 12, 0, 1).getTime(), now), 'Сегодня');
  assert.equal(calendar.day(new Date(2026, 2, 11, 23, 59).getTime(), now), 'Вчера');
  assert.equal(calendar.day(new Date(2026, 2, 10, 12, 0).getTime(), now), 'вторник, 10 марта');
  assert.match(new Calendar(ENGLISH, 'en-US').time(new Date(2026, 2, 12, 14, 5).getTime()), /^0?2:05\sPM$/);
  assert.equal(new Calendar(ENGLISH, 'de-DE').time(new Date(2026, 2, 12, 14, 5).getTime()).length > 0, true);
});

test('whatever colour a site wants, what stands on it can be read', () => {
  const light = (hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const colours = ['#fff', '#000', '#ffd400', '#888888', '#0f0', '#777777', '#747474', '#e91e63'];
  for (const wish of [...colours, undefined, 'red', '#12', '#12345g', 'url(x)', '#fff;}']) {
    const [, accent, on] = /--accent: (#[0-9a-f]{6}); --on-accent: (#[0-9a-f]{6});/.exec(accentStyle(wish));
    const [high, low] = [light(accent), light(on)].sort((a, b) => b - a);
    assert.ok((high + 0.05) / (low + 0.05) >= 4.5, `${wish}: ${accent} and ${on}`);
  }
});
