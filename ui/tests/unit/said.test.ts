import { afterEach, describe, expect, it } from "vitest";
import type { DialogRow, MessageKind, Notice, SignInError, ThreadItem } from "../../src/backend/types";
import { FakeBackend } from "../../src/backend/fake/fake";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import { linkWords } from "../../src/state/link-words";
import { entriesOf } from "../../src/state/entries";
import { canBeAnswered, canBeReworded, canBeTakenBack, quotedLine, saidLine } from "../../src/state/said";
import { bubbleWords, held, noticeWords, previewLine, signInError, toastWords } from "../../src/state/words";

afterEach(() => useLanguage("en"));

const NOW = 1_700_000_000_000;

describe("the line of the connection", () => {
  it("says how long ago the data were checked", () => {
    useLanguage("en");
    const live = (ago: number) => linkWords({ link: "live", synced_at: NOW - ago }, 0, NOW);
    expect(live(4_900)).toBe("Live, synchronised just now");
    expect(live(5_000)).toBe("Live, synchronised 5 s ago");
    expect(live(13_000)).toBe("Live, synchronised 10 s ago");
    useLanguage("ru");
    expect(live(5_000)).toBe("На связи, данные сверены 5 с назад");
  });

  it("says when the next try is, and what waits for it", () => {
    const down = { link: "down" as const, since: NOW, retry_at: NOW + 7_400 };
    useLanguage("en");
    expect(linkWords(down, 3, NOW)).toBe("No connection, next try in 8 s, 3 messages waiting");
    expect(linkWords(down, 1, NOW + 6_000)).toBe("No connection, next try in 2 s, 1 message waiting");
    expect(linkWords({ ...down, retry_at: null }, 0, NOW)).toBe("No connection");
    useLanguage("ru");
    expect(linkWords(down, 0, NOW)).toBe("Нет связи, следующая попытка через 8 с");
    const endings = [1, 2, 5, 21].map((unsent) => linkWords(down, unsent, NOW).split(", ").at(-1));
    expect(endings).toEqual([
      "1 сообщение ждёт",
      "2 сообщения ждут",
      "5 сообщений ждут",
      "21 сообщение ждёт",
    ]);
  });
});

describe("signing in", () => {
  const failures: SignInError[] = [
    { code: "bad_address" },
    { code: "not_encrypted" },
    { code: "unknown_host" },
    { code: "unreachable" },
    { code: "certificate", detail: "expired" },
    { code: "not_a_hub" },
    { code: "wrong_password" },
    { code: "too_many_tries", retry_after_s: 45 },
    { code: "hub_too_old" },
    { code: "hub_too_new" },
    { code: "session_ended" },
    { code: "unavailable" },
  ];

  it.each(["ru", "en"] as const)("each way to fail has words of its own: %s", (language) => {
    useLanguage(language);
    const words = failures.map(signInError);
    expect(new Set(words).size).toBe(failures.length);
    expect(words.filter((said) => said.length < 15 || /[{}]/.test(said))).toEqual([]);
  });

  it("never sends anybody back too early", () => {
    useLanguage("en");
    const said = [1, 59, 60, 61, 121].map((s) => signInError({ code: "too_many_tries", retry_after_s: s }));
    expect(said.map((words) => words.match(/\d+ \w+/)?.[0])).toEqual([
      "1 s",
      "59 s",
      "1 min",
      "2 min",
      "3 min",
    ]);
  });
});

describe("damage", () => {
  const damage: Notice = {
    notice: "own_salvaged",
    kept: "/somewhere/own.db.damaged-1",
    messages: 2,
    drafts: 1,
    lost: 3,
    incomplete: true,
  };

  it("is told with what was saved, what is missing, and where the damaged file is", () => {
    useLanguage("en");
    expect(noticeWords(damage)).toContain("2 unsent messages, 1 draft");
    expect(noticeWords(damage)).toContain("The newest 3 changes are missing.");
    expect(noticeWords(damage)).toContain("/somewhere/own.db.damaged-1");
    expect(noticeWords({ ...damage, lost: 0, incomplete: false, kept: null })).not.toContain("missing");
    useLanguage("ru");
    expect(noticeWords({ ...damage, lost: 21 })).toContain("Не хватает 21 последнего изменения.");
    expect(held({ why: "from_copy" }, NOW, NOW)).toContain("копии");
  });
});

it("a request for contacts says that it is one, unless its operator wrote words of his own", () => {
  useLanguage("en");
  expect(bubbleWords("contact_request", "")).toBe("Contacts were asked for");
  expect(bubbleWords("contact_request", "Your phone, please")).toBe("Your phone, please");
  expect(bubbleWords("text", "")).toBe("");
});

describe("what is more than words says what it is", () => {
  const said: [MessageKind, string, string, string][] = [
    ["file", "", "Файл", "File"],
    ["place", "", "Место", "Place"],
    ["place", "У входа", "Место: У входа", "Place: У входа"],
    ["sticker", "", "Стикер", "Sticker"],
    ["sticker", "🙂", "Стикер 🙂", "Sticker 🙂"],
    ["contact_request", "", "Запрошены контакты", "Contacts were asked for"],
    ["keyboard", "Да?", "Да?", "Да?"],
    ["contacts", "name: Sofia Lind", "Имя: Sofia Lind", "Name: Sofia Lind"],
    [
      "contacts",
      "name: Sofia Lind\nemail: s@x.example\nphone: +46 8 1",
      "Имя: Sofia Lind, Почта: s@x.example, Телефон: +46 8 1",
      "Name: Sofia Lind, E-mail: s@x.example, Phone: +46 8 1",
    ],
    // As a row tells it, where the lines have run together.
    [
      "contacts",
      "email: s@x.example phone: +46 8 1",
      "Почта: s@x.example, Телефон: +46 8 1",
      "E-mail: s@x.example, Phone: +46 8 1",
    ],
    ["contacts", "•••", "Контакты: •••", "Contacts: •••"],
    ["contacts", "size: XL", "Контакты: size: XL", "Contacts: size: XL"],
    ["contacts", "name: Rename: phone:1", "Имя: Rename: phone:1", "Name: Rename: phone:1"],
    ["contacts", "", "Контакты", "Contacts"],
  ];

  it.each(said)("%s %j", (kind, text, russian, english) => {
    useLanguage("ru");
    expect(saidLine(kind, text)).toBe(russian);
    useLanguage("en");
    expect(saidLine(kind, text)).toBe(english);
  });

  it("in a row, in a word that goes away by itself, and in an answer to it", () => {
    useLanguage("ru");
    const fake = new FakeBackend({ dialogs: 24 });
    const [dialog] = [...fake.desk.dialogs.values()];
    if (dialog === undefined) throw new Error("no dialog");
    const row: DialogRow = fake.desk.row(dialog);
    const preview = (kind: MessageKind, text: string) =>
      previewLine({ ...row, last: { kind, author: { by: "customer" }, text, at: 0 } });
    expect(preview("contacts", "name: София phone: +46 8 1")).toBe("Имя: София, Телефон: +46 8 1");
    expect([preview("place", "У входа"), preview("sticker", "🙂")]).toEqual(["Место: У входа", "Стикер 🙂"]);
    const toast = { toast: "message", dialog: dialog.id, name: "Мария", number: 1 } as const;
    expect(toastWords({ ...toast, kind: "place", text: "" })).toBe("Мария: Место");
    const item: ThreadItem = { ...fake.customerWrites(dialog.id, "У входа"), kind: "place" };
    const entries = entriesOf({ items: [item], gaps: [], older: false, unreadAfter: 0, typing: null });
    const seq = item.seq ?? 0;
    expect(quotedLine({ seq, excerpt: "У входа" }, entries)).toBe("Место: У входа");
    expect(quotedLine({ seq: seq + 1, excerpt: "У входа" }, entries)).toBe("У входа");
  });
});

describe("what may be done with a message", () => {
  const can = { quote: null, reword: null, delete: null };
  const row = (over: object = {}) =>
    ({ can, rewords: true, takes_back: true, quotes: ["text", "file"], ...over }) as unknown as DialogRow;
  const said = (kind: MessageKind, over: object = {}) =>
    ({ kind, seq: 3, mine: true, details: {}, ...over }) as unknown as ThreadItem;

  it("an answer names only kinds that the channel names", () => {
    expect(canBeAnswered(said("file"), row())).toBe(true);
    expect(canBeAnswered(said("place"), row())).toBe(false);
    expect(canBeAnswered(said("text"), row({ quotes: [] }))).toBe(false);
    expect(canBeAnswered(said("text"), row({ can: { ...can, quote: "channel" } }))).toBe(false);
    expect(canBeAnswered(said("text", { seq: null }), row())).toBe(false);
    expect(canBeAnswered(said("text", { details: { deleted_at: 1 } }), row())).toBe(false);
  });

  it("is changed and taken back each by its own right, and as far as the channel can", () => {
    const may = (kind: MessageKind, of: DialogRow) => {
      const item = said(kind);
      return [canBeReworded(item, of), canBeTakenBack(item, of)];
    };
    expect(may("text", row())).toEqual([true, true]);
    expect(may("file", row())).toEqual([false, true]);
    expect(may("text", row({ can: { ...can, reword: "no_right" } }))).toEqual([false, true]);
    expect(may("text", row({ can: { ...can, delete: "no_right" } }))).toEqual([true, false]);
    expect(may("text", row({ rewords: false }))).toEqual([false, true]);
    expect(may("text", row({ takes_back: false }))).toEqual([true, false]);
    // A note never goes through the channel.
    expect(may("note", row({ rewords: false, takes_back: false }))).toEqual([true, true]);
    expect(canBeReworded(said("text", { mine: false }), row())).toBe(false);
  });
});
