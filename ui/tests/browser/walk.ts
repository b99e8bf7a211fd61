/**
 * Reads a thread from its end to its first message, screen by screen, and watches one line while older ones come in
 * front of it. Runs inside the page, in any browser: it must not refer to anything outside of itself.
 */

/** What was seen on the way. */
export interface Walk {
  /** The farthest that a watched line moved, pixels. */
  worst: number;
  /** Pages that came while a line was watched. */
  pages: number;
  /** Message elements that existed at once. */
  nodes: number;
  /** Messages that were on the screen. */
  seen: number;
  /** The first message was reached. */
  first: boolean;
}

export async function walkUp(forMs: number): Promise<Walk> {
  const frame = () => new Promise<void>((done) => requestAnimationFrame(() => done()));
  const fake = window.fake;
  const scroller = document.querySelector<HTMLElement>("[role='log']");
  if (fake === undefined || scroller === null) throw new Error("not ready");
  // A store that takes a while: what is on the screen meanwhile is what must not move.
  const query = fake.query.bind(fake);
  let answered = 0;
  fake.query = async (asked) => {
    await new Promise((done) => setTimeout(done, 30));
    const answer = await query(asked);
    answered += 1;
    return answer;
  };
  const view = scroller.getBoundingClientRect();
  const visible = () =>
    [...scroller.querySelectorAll<HTMLElement>(".message")].filter((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return bottom > view.top && top < view.bottom;
    });
  const numbers = new Set<number>();
  const walk: Walk = { worst: 0, pages: 0, nodes: 0, seen: 0, first: false };
  const until = performance.now() + forMs;
  while (performance.now() < until && !walk.first) {
    scroller.scrollTop -= scroller.clientHeight * 0.9;
    await frame();
    const before = answered;
    for (const one of visible()) numbers.add(Number(one.dataset["seq"]));
    walk.nodes = Math.max(walk.nodes, scroller.querySelectorAll(".message").length);
    const watched = visible()[1] ?? visible()[0];
    if (watched === undefined) throw new Error("nothing is on the screen");
    const key = watched.dataset["key"] ?? "";
    const bottom = () =>
      scroller.querySelector(`[data-key="${key}"] .bubble`)?.getBoundingClientRect().bottom;
    const was = bottom() ?? 0;
    if (scroller.scrollTop < scroller.clientHeight) {
      for (let i = 0; i < 30 && answered === before; i += 1) await frame();
      await frame();
      await frame();
    }
    if (answered > before) walk.pages += 1;
    walk.worst = Math.max(walk.worst, Math.abs((bottom() ?? -9_999) - was));
    walk.first = scroller.querySelector("[data-seq='1']") !== null && scroller.scrollTop < 50;
  }
  walk.seen = numbers.size;
  return walk;
}
