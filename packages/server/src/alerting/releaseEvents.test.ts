import { expect, test } from "vitest";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { createReceiver } from "../receivers/createReceiver.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import { createReleaseEvents } from "./releaseEvents.ts";

const NOON = Date.UTC(2026, 10, 27, 12);
const LOCAL = { allowPrivateAddresses: ["127.0.0.1"] };

/** Documents in memory, which a restarted collector reads. */
function createDocuments(): KeptDocuments {
  const texts = new Map<string, string>();
  return {
    read: () => texts,
    write: (changes: readonly DocumentChange[]) => {
      for (const { key, text } of changes) if (text !== undefined) texts.set(key, text);
      return Promise.resolve();
    },
  };
}

async function startShop(documents = createDocuments()) {
  const peer = await startPeer();
  peer.conduct({ status: 202 });
  const warnings: string[] = [];
  const state: { release: string | undefined } = { release: undefined };
  const routingKey = "0123456789abcdef0123456789abcdef";
  const options = { type: "pagerduty", routingKey, apiUrl: peer.origin } as const;
  const start = () =>
    createReleaseEvents({
      receivers: [
        createReceiver("oncall", { ...options, releases: true }, LOCAL),
        createReceiver("quiet", options, LOCAL),
      ],
      documents,
      app: "shop",
      live: undefined,
      release: () => state.release,
      warn: (_, sentence) => warnings.push(sentence),
    });
  const shown = () =>
    peer.requests.map(({ body }) => (JSON.parse(body) as { payload: { summary: string } }).payload.summary);
  return { peer, state, start, shown, warnings };
}

test("each new release is shown once to the receivers that ask for releases, over restarts too", async () => {
  const { state, start, shown } = await startShop();
  state.release = "1.4.0";
  const first = start();
  first(NOON);
  state.release = "1.5.0";
  first(NOON + 1_000);
  first(NOON + 2_000);
  await expect.poll(shown).toEqual(["shop 1.5.0 is live."]);
  const second = start();
  second(NOON + 3_000);
  state.release = "1.6.0";
  second(NOON + 4_000);
  await expect.poll(shown).toEqual(["shop 1.5.0 is live.", "shop 1.6.0 is live."]);
});

test("a release that came while the collector was down is shown after it", async () => {
  const { state, start, shown } = await startShop();
  state.release = "1.4.0";
  start()(NOON);
  state.release = "1.5.0";
  start()(NOON + 60_000);
  await expect.poll(shown).toEqual(["shop 1.5.0 is live."]);
});

test("a busy service is asked again when it says so, five times at most, and then a warning names the receiver", async () => {
  const { peer, state, start, shown, warnings } = await startShop();
  peer.conduct({ status: 429, headers: { "retry-after": "120" } });
  const tick = start();
  state.release = "1.5.0";
  tick(NOON);
  for (let attempt = 1; attempt < 5; attempt += 1) {
    await expect.poll(() => shown().length).toBe(attempt);
    tick(NOON + attempt * 120_000 - 1_000);
    await expect
      .poll(() => {
        // The answer of the last attempt may still be on its way.
        tick(NOON + attempt * 120_000);
        return shown().length;
      })
      .toBe(attempt + 1);
  }
  await expect.poll(() => warnings).toHaveLength(1);
  expect(warnings[0]).toContain("The receiver oncall was not shown the release 1.5.0");
});
