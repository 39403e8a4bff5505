import { expect, test } from "vitest";
import { alertWith, noticeWith } from "../../../../test/support/receivers/notices.ts";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { createReceiver } from "./createReceiver.ts";
import { renderSms } from "./smsText.ts";

const base = {
  type: "sms",
  accountSid: "AC1",
  authToken: "token-of-twilio",
  from: `MG${"0".repeat(32)}`,
} as const;

test("a retry goes to those numbers alone that did not get it", async () => {
  const peer = await startPeer();
  const receiver = createReceiver(
    "phones",
    { ...base, to: ["+4915100000001", "+4915100000002"], apiUrl: peer.origin },
    { allowPrivateAddresses: ["127.0.0.1"] },
  );
  const delivery = { id: "a", episode: "b", body: "text", thread: undefined };
  peer.conduct({ status: 201 }, { status: 429, headers: { "retry-after": "1" } }, { status: 201 });
  const pending = ["+4915100000002"];
  expect(await receiver.send({ ...delivery, attempt: 1 })).toMatchObject({
    kind: "retry",
    afterMs: 1_000,
    pending,
  });
  expect(await receiver.send({ ...delivery, attempt: 2, pending })).toEqual({ kind: "delivered" });
  const fields = peer.requests.map(({ body }) => new URLSearchParams(body));
  expect(fields.map((each) => each.get("To"))).toEqual([
    "+4915100000001",
    "+4915100000002",
    "+4915100000002",
  ]);
  expect(fields[0]!.get("MessagingServiceSid")).toBe(base.from);
  expect(fields[0]!.has("From")).toBe(false);
});

test("it must not be sent twice after a crash", () => {
  expect(createReceiver("phones", { ...base, to: ["+4915100000001"] }).isAtMostOnce).toBe(true);
});

test("typographic characters do not halve the room, and a long text keeps its link", () => {
  const summary = `“Checkout” – ${"x".repeat(500)}…`;
  const text = renderSms(noticeWith({ alerts: [alertWith({ summary })] }));
  expect(text).toContain('"Checkout" - xxx');
  expect(text).toMatch(/\.\.\. https:\/\/shop\.example\/realtime\?view=alerts&app=shop$/);
  expect(text.length).toBeGreaterThan(250);
});

test("other scripts have two parts of 67", () => {
  const text = renderSms(noticeWith({ alerts: [alertWith({ summary: "日".repeat(500) })] }));
  expect(text.length).toBeLessThanOrEqual(134);
  expect(text).toContain("日日…");
});

test.each([["+491"], ["015112345678"], ["+49 151 12345678"], [""], ["+4915112345678\r\nX: 1"]])(
  "%j is not a number",
  (number) => {
    expect(() => createReceiver("phones", { ...base, to: [number] })).toThrow(/to\[0\] must be a number/);
  },
);
