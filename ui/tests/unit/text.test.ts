import { linkOf } from "../../src/text/address";
import { describe, expect, test } from "vitest";
import { countChars, initials, plainName, wellFormed } from "../../src/text/chars";
import { linkify } from "../../src/text/links";
import { strength } from "../../src/text/strength";

const hrefs = (text: string) => linkify(text).flatMap((piece) => (piece.href === null ? [] : [piece.href]));

describe("links", () => {
  test.each([
    ["see https://shop.example/a.", ["https://shop.example/a"]],
    ["(https://shop.example/a_(b))", ["https://shop.example/a_(b)"]],
    ["«http://shop.example»", ["http://shop.example"]],
    ["www.shop.example/путь?q=1", ["https://www.shop.example/путь?q=1"]],
    ["mailto:ira@shop.example, tel:+79005551010!", ["mailto:ira@shop.example", "tel:+79005551010"]],
    ["HTTPS://SHOP.EXAMPLE", ["HTTPS://SHOP.EXAMPLE"]],
    ["https://bank.example@evil.example/", ["https://bank.example@evil.example/"]],
    ["https://a.example https://b.example", ["https://a.example", "https://b.example"]],
  ])("offers %j", (text, expected) => {
    expect(hrefs(text)).toEqual(expected);
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "smb://host/share",
    "\\\\host\\share",
    "ms-msdt:/id",
    "search-ms:query=x",
    "vbscript:x",
    "xjavascript:https//",
    "mailto:a@b.example%0D%0ABcc:c@d.example",
    "mailto:a@b.example?bcc=c@d.example",
    "tel:12\r\n",
    "https://",
    "https://a",
    "https://bank\u200B.example/",
    "https://bank.example/\u202Egnp.exe",
    `https://a.example/${"x".repeat(10_000)}`,
  ])("offers nothing for %j", (text) => {
    expect(hrefs(text)).toEqual([]);
  });

  test("no letter is lost or added, whatever the text", () => {
    const parts = [
      "https://",
      "www.",
      "a.b",
      ")",
      "(",
      " ",
      "\n",
      "tel:",
      "mailto:x@y.z",
      "«",
      "\u202E",
      "ё",
      "😀",
      "<b>",
    ];
    for (let i = 0; i < 3_000; i += 1) {
      let text = "";
      for (let j = i; j > 0; j = Math.floor(j / parts.length)) text += parts[j % parts.length];
      expect(
        linkify(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }
  });

  test("a million letters are looked at quickly", () => {
    const began = performance.now();
    linkify("https://".repeat(125_000));
    linkify("www.".repeat(250_000));
    linkify(`https://a.example/${"(".repeat(500_000)}${")".repeat(500_000)}`);
    linkify(`${"https://a.example/. ".repeat(50_000)}`);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe("measuring and cleaning", () => {
  test.each([
    ["", 0],
    ["abc", 3],
    ["😀😀", 2],
    ["\uD83D", 1],
    ["e\u0301", 2],
  ])("%j counts %i", (text, count) => {
    expect(countChars(text)).toBe(count);
  });

  test("lone surrogates become the replacement character", () => {
    expect(wellFormed("a\uD83Db\uDE00c😀")).toBe("a\uFFFDb\uFFFDc😀");
  });

  test("a name cannot turn its letters around, hide some or tower over its line", () => {
    expect(plainName("invoice\u202Efdp.exe")).toBe("invoice\u2426fdp.exe");
    expect(plainName("a\u200Bb\u0000c\u{E0041}")).toBe("abc");
    expect(plainName(`Z${"\u0336".repeat(10_000)}`).length).toBeLessThan(5);
  });

  test.each([
    ["Ира Петрова", "ИП"],
    ["  olga ", "O"],
    ["🙂", ""],
    ["James O'Neill-Smith III", "JO"],
  ])("%j is %j", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });

  test.each([
    ["short", "short"],
    ["aaaaaaaaaaaaaaaa", "weak"],
    ["password", "weak"],
    ["correct horse batt", "fair"],
    ["правильная лошадь батарея скрепка", "strong"],
  ])("%j is %s", (passphrase, expected) => {
    expect(strength(passphrase)).toBe(expected);
  });
});

describe("an address", () => {
  test.each([
    ["shop.example/orders?id=7", "https://shop.example/orders?id=7"],
    [" https://shop.example ", "https://shop.example/"],
    ["http://shop.example:8080/x", "http://shop.example:8080/x"],
    ["shop.example:8080", "https://shop.example:8080/"],
    ["mailto:ira@shop.example", "mailto:ira@shop.example"],
    ["tel:+79005550100", "tel:+79005550100"],
    ["javascript:alert(1)", null],
    ["file:///etc/passwd", null],
    ["https://bank.example@evil.example", null],
    ["два слова", null],
    ["слово", null],
    ["", null],
  ])("%j becomes %j", (typed, link) => {
    expect(linkOf(typed)).toBe(link);
  });
});
