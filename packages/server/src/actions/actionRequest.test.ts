import { createServer } from "node:http";
import { expect, test } from "vitest";
import { anAlert } from "../../../../test/support/alerts/anAlert.ts";
import { listen } from "../../../../test/support/listen.ts";
import { type Conduct, startPeer } from "../../../../test/support/receivers/peer.ts";
import { createSafePost } from "../receivers/safeHttp.ts";
import { createActionRun } from "./actionRequest.ts";
import type { ActionState } from "./actionState.ts";

const NOON = Date.UTC(2026, 10, 27, 12);
const LOCAL = { allowPrivateAddresses: ["127.0.0.1"] };

function createAction(): ActionState {
  const alert = anAlert();
  return {
    id: `rollback-${alert.episode}`,
    name: "rollback",
    alert,
    state: "running",
    requestedAt: NOON,
    expiresAt: undefined,
    approvalsNeeded: 0,
    approvals: [],
    verifyAt: undefined,
    helped: undefined,
    outcome: undefined,
  };
}

/** Runs an action against a service, with waits that end at once. */
function run(url: string, onWait: () => void = () => {}) {
  const waits: number[] = [];
  const stopping = new AbortController();
  const runAction = createActionRun({
    url,
    authorization: undefined,
    sign: (id) => ({ "webhook-id": id }),
    post: createSafePost(LOCAL),
    now: () => NOON,
    wait: (ms) => {
      waits.push(ms);
      onWait();
      return Promise.resolve();
    },
  });
  return { waits, stopping, outcome: () => runAction(createAction(), stopping.signal) };
}

const repeated: readonly (readonly [string, Conduct, number])[] = [
  ["429", { status: 429 }, 2_000],
  ["503", { status: 503 }, 2_000],
  ["429 with a Retry-After", { status: 429, headers: { "retry-after": "7" } }, 7_000],
  ["429 with a Retry-After of an hour", { status: 429, headers: { "retry-after": "3600" } }, 60_000],
  ["429 with a date", { status: 429, headers: { "retry-after": "Fri, 27 Nov 2026 12:00:30 GMT" } }, 30_000],
  ["503 with a Retry-After that cannot be read", { status: 503, headers: { "retry-after": "soon" } }, 2_000],
];

test.each(repeated)("a service that answers %s is asked again, with the same id", async (_, busy, ms) => {
  const peer = await startPeer();
  peer.conduct(busy, { status: 200 });
  const { waits, outcome } = run(peer.origin);
  expect(await outcome()).toEqual({ isDone: true, text: "It answered 200." });
  expect(waits).toEqual([ms]);
  expect(new Set(peer.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(peer.requests).toHaveLength(2);
});

test("a service that stays busy is asked three times at most", async () => {
  const peer = await startPeer();
  peer.conduct({ status: 503 });
  const { waits, outcome } = run(peer.origin);
  expect(await outcome()).toEqual({ isDone: false, text: "It answered 503." });
  expect(peer.requests).toHaveLength(3);
  expect(waits).toEqual([2_000, 10_000]);
});

test("a request without a connection is repeated: it surely did not arrive", async () => {
  const closed = createServer();
  const origin = await listen(closed.listen(0, "127.0.0.1"));
  await new Promise((resolve) => closed.close(resolve));
  const { waits, outcome } = run(origin);
  expect(await outcome()).toEqual({ isDone: false, text: "The connection failed: ECONNREFUSED." });
  expect(waits).toHaveLength(2);
});

const final: readonly (readonly [string, Conduct, string])[] = [
  ["400", { status: 400 }, "It answered 400."],
  ["500", { status: 500 }, "It answered 500."],
  ["a redirect", { status: 307, headers: { location: "http://127.0.0.1:1/" } }, "It answered 307."],
  ["nothing, and closes the connection", "closing", "It may have run."],
  ["with what is not HTTP", "babbling", "It may have run."],
];

test.each(final)(
  "a service that answers %s is not asked again: it may have run",
  async (_, conduct, text) => {
    const peer = await startPeer();
    peer.conduct(conduct);
    const { waits, outcome } = run(peer.origin);
    expect(await outcome()).toEqual({ isDone: false, text: expect.stringContaining(text) });
    expect(peer.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  },
);

test("an address that is not allowed is not asked again", async () => {
  const { waits, outcome } = run("https://10.0.0.1/");
  expect((await outcome()).isDone).toBe(false);
  expect(waits).toEqual([]);
});

test("a stop ends the waiting, and nothing is sent after it", async () => {
  const peer = await startPeer();
  peer.conduct({ status: 429 });
  const { stopping, outcome } = run(peer.origin, () => stopping.abort());
  expect(await outcome()).toEqual({ isDone: false, text: "It answered 429." });
  expect(peer.requests).toHaveLength(1);
});
