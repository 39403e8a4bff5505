import { expect, test } from "vitest";
import { NOON, noticeWith } from "../../../../test/support/receivers/notices.ts";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { createReceiver } from "./createReceiver.ts";

const LOCAL = { allowPrivateAddresses: ["127.0.0.1"] };
const routingKey = "0123456789abcdef0123456789abcdef";
const release = { app: "shop", release: "1.4.2", at: NOON, live: "https://shop.example/realtime" };

test("a fire and its resolve have one key, at most 255 characters", () => {
  const { render } = createReceiver("oncall", { type: "pagerduty", routingKey });
  for (const episode of ["short", "x".repeat(255), "x".repeat(256), "ä".repeat(5_000)]) {
    const keys = (["firing", "resolved"] as const).map(
      (status) => (JSON.parse(render(noticeWith({ status, episode }))!) as { dedup_key: string }).dedup_key,
    );
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]!.length).toBeLessThanOrEqual(255);
  }
});

test("a release is a change event", async () => {
  const peer = await startPeer();
  peer.conduct({ status: 202 });
  const options = { type: "pagerduty", routingKey, releases: true, apiUrl: peer.origin } as const;
  expect(await createReceiver("oncall", options, LOCAL).sendRelease?.(release)).toEqual({
    kind: "delivered",
  });
  expect(peer.requests[0]!.path).toBe("/v2/change/enqueue");
  expect(JSON.parse(peer.requests[0]!.body)).toEqual({
    routing_key: routingKey,
    payload: {
      summary: "shop 1.4.2 is live.",
      source: "shop",
      timestamp: "2026-11-27T08:40:00.000Z",
      custom_details: { release: "1.4.2" },
    },
    links: [{ href: "https://shop.example/realtime", text: "Live page" }],
  });
});

test("without the option there are no releases", () => {
  expect(createReceiver("oncall", { type: "pagerduty", routingKey }).sendRelease).toBeUndefined();
});
