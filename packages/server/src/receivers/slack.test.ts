import { expect, test } from "vitest";
import { noticeWith } from "../../../../test/support/receivers/notices.ts";
import { type Answer, type Peer, startPeer } from "../../../../test/support/receivers/peer.ts";
import type { Notice } from "../notices/notice.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { createReceiver } from "./createReceiver.ts";

const TS = "1503435956.000247";

function createBot(peer: Peer): Receiver {
  return createReceiver(
    "chat",
    { type: "slack", token: "xoxb-1-2-3", channel: "C0123456789", apiUrl: peer.origin },
    { allowPrivateAddresses: ["127.0.0.1"] },
  );
}

function send(receiver: Receiver, notice: Notice, thread?: string): Promise<SendOutcome> {
  const { id, episode } = notice;
  return receiver.send({ id, episode, body: receiver.render(notice)!, attempt: 1, thread });
}

function ok(fields: object = { channel: "C0123456789", ts: TS }): Answer {
  return { status: 200, body: JSON.stringify({ ok: true, ...fields }) };
}

function error(name: string): Answer {
  return { status: 200, body: JSON.stringify({ ok: false, error: name }) };
}

function callsOf(peer: Peer): readonly (readonly [method: string, payload: Record<string, unknown>])[] {
  return peer.requests.map(({ path, body }) => [path, JSON.parse(body) as Record<string, unknown>]);
}

test("an episode is one message: posted once, then edited, with each notice in its thread", async () => {
  const peer = await startPeer();
  peer.conduct(ok());
  const bot = createBot(peer);
  const fired = await send(bot, noticeWith());
  expect(fired).toEqual({ kind: "delivered", thread: `C0123456789 ${TS}` });
  const resolved = noticeWith({ status: "resolved" });
  expect(await send(bot, resolved, `C0123456789 ${TS}`)).toMatchObject({ kind: "delivered" });
  expect(callsOf(peer)).toMatchObject([
    ["/chat.postMessage", { channel: "C0123456789", text: expect.stringContaining("[FIRING]") }],
    ["/chat.update", { channel: "C0123456789", ts: TS, text: expect.stringContaining("[RESOLVED]") }],
    [
      "/chat.postMessage",
      { thread_ts: TS, text: expect.stringContaining("12 min after it began"), reply_broadcast: true },
    ],
  ]);
});

test("a message that a person removed is posted again", async () => {
  const peer = await startPeer();
  peer.conduct(error("message_not_found"), ok({ channel: "C0123456789", ts: "2.5" }));
  const outcome = await send(createBot(peer), noticeWith({ status: "resolved" }), `C0123456789 ${TS}`);
  expect(outcome).toEqual({ kind: "delivered", thread: "C0123456789 2.5" });
});

test("a reply that fails is sent again, after the same edit", async () => {
  const peer = await startPeer();
  peer.conduct(ok(), { status: 429, headers: { "retry-after": "3" } }, ok());
  const bot = createBot(peer);
  const resolved = noticeWith({ status: "resolved" });
  expect(await send(bot, resolved, `C1 ${TS}`)).toMatchObject({ kind: "retry", afterMs: 3_000 });
  expect(await send(bot, resolved, `C1 ${TS}`)).toMatchObject({ kind: "delivered" });
  expect(callsOf(peer).map(([method]) => method)).toEqual([
    "/chat.update",
    "/chat.postMessage",
    "/chat.update",
    "/chat.postMessage",
  ]);
});

test.each([
  ["channel_not_found", "refused"],
  ["invalid_auth", "refused"],
  ["not_in_channel", "refused"],
  ["ratelimited", "retry"],
  ["internal_error", "retry"],
])("200 with the error %s: %s", async (name, kind) => {
  const peer = await startPeer();
  peer.conduct(error(name));
  expect(await send(createBot(peer), noticeWith())).toMatchObject({
    kind,
    reason: expect.stringContaining(name),
  });
});
