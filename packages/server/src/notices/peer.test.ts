/** Over a real connection, to a server that fails in every way half of the time. */
import { expect, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { createNoticeBench } from "../../../../test/support/notices/noticeBench.ts";
import { answerAtRandom, createNoticePeer } from "../../../../test/support/notices/noticePeer.ts";
import { createPeerReceiver } from "../../../../test/support/notices/peerReceiver.ts";
import type { RenderedNotice } from "../../../../test/support/notices/renderNotice.ts";

test("1000 notices are delivered once per key, in order, none lost, while half of the attempts fail", async () => {
  const peer = createNoticePeer(answerAtRandom);
  const origin = await listen(peer.server.listen(0, "127.0.0.1"));
  const bench = createNoticeBench();
  bench.restart({ receivers: [createPeerReceiver("oncall", origin)], random: Math.random });
  const names = Array.from({ length: 500 }, (_, index) => `A${index}`);
  await bench.take(...names.map((name) => bench.fire(name)));
  await bench.take(...names.map((name) => bench.resolve(name)));
  // The sender waits for each turn after a 429, some 250 times. A notice would be too old after 21,600 turns.
  await expect
    .poll(
      async () => {
        bench.now += 4_000;
        await bench.take();
        return bench.notices.receivers()[0]!.waiting;
      },
      { interval: 5 },
    )
    .toBe(0);
  const notices = new Map(peer.accepted.map(({ id, body }) => [id, JSON.parse(body) as RenderedNotice]));
  expect(notices.size).toBe(1_000);
  expect(peer.requests()).toBeGreaterThan(1_500);
  // A text never changes with its key.
  expect(new Set(peer.accepted.map(({ id, body }) => `${id} ${body}`)).size).toBe(1_000);
  const heard = new Map<string, string[]>();
  for (const { alerts } of notices.values()) {
    const [name = "", state = ""] = alerts[0]!.split(" ");
    heard.set(name, [...(heard.get(name) ?? []), state]);
  }
  expect(new Set([...heard.values()].map(String))).toEqual(new Set(["firing,resolved"]));
  expect(bench.notices.receivers()).toMatchObject([{ waiting: 0, deadLetters: 0 }]);
});
