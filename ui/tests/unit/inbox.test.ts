import { describe, expect, test } from "vitest";
import type { Push, Snapshot } from "../../src/backend/types";
import { Inbox } from "../../src/backend/inbox";

const picture: Push = { push: "snapshot", snapshot: {} as Snapshot };
const screen: Push = { push: "app", view: { screen: "starting" } };
const news = (ahead_ms: number): Push => ({ push: "events", events: [{ event: "clock", ahead_ms }] });

function inbox() {
  const heard: string[] = [];
  /** Each push takes as long as all that a frame has for them. */
  let now = 0;
  const frames: (() => void)[] = [];
  const word = (push: Push) => {
    const [event] = push.push === "events" ? push.events : [];
    return event?.event === "clock" ? String(event.ahead_ms) : push.push;
  };
  const box = new Inbox(
    (push) => {
      heard.push(word(push));
      now += 8;
    },
    (then) => frames.push(then),
    () => now,
  );
  return { box, heard, paint: () => frames.splice(0).forEach((frame) => frame()) };
}

describe("the inbox", () => {
  test("what follows a picture waits until it is painted, and then goes on in its order, frame by frame", () => {
    const { box, heard, paint } = inbox();
    for (const push of [screen, picture, news(1), news(2)]) box.take(push);
    expect(heard).toEqual(["app", "snapshot"]);
    paint();
    expect(heard).toEqual(["app", "snapshot", "1"]);
    box.take(news(3));
    paint();
    paint();
    expect(heard).toEqual(["app", "snapshot", "1", "2", "3"]);
    box.take(news(4));
    expect(heard.at(-1)).toBe("4");
  });

  test("nothing waits after a picture that nothing followed", () => {
    const { box, heard, paint } = inbox();
    box.take(picture);
    paint();
    box.take(news(1));
    expect(heard).toEqual(["snapshot", "1"]);
  });

  test("another picture or another screen makes what waits obsolete", () => {
    for (const next of [picture, screen]) {
      const { box, heard, paint } = inbox();
      for (const push of [picture, news(1), next, news(2)]) box.take(push);
      paint();
      paint();
      expect(heard).toEqual(["snapshot", next.push, "2"]);
    }
  });
});
