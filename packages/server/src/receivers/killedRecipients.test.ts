/** Recipients of a notice over the end of the process: none gets it twice, none is lost. */
import { expect, test } from "vitest";
import { createNoticeBench, type NoticeBench } from "../../../../test/support/notices/noticeBench.ts";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { startSmtp } from "../../../../test/support/receivers/smtpServer.ts";
import type { Receiver } from "../notices/receiver.ts";
import { createReceiver } from "./createReceiver.ts";

const NUMBERS = ["+4915100000001", "+4915100000002", "+4915100000003"];

/** A deadline that never comes: the process is killed while it waits. */
const endless = new AbortController();
const LOCAL = { allowPrivateAddresses: ["127.0.0.1"], deadline: () => endless.signal };

const sms = (apiUrl: string, to = NUMBERS): Receiver =>
  createReceiver(
    "phones",
    { type: "sms", accountSid: "AC1", authToken: "token", from: "Shop", to, apiUrl },
    LOCAL,
  );

const mail = (host: string, to: string[]): Receiver =>
  createReceiver("team", { type: "email", server: `smtp://${host}`, from: "alerts@shop.example", to }, LOCAL);

/** Evaluates until all is sent, with a clock that does not wait. */
async function settle(bench: NoticeBench): Promise<void> {
  await expect
    .poll(async () => {
      await bench.pass(60_000, 30_000);
      return bench.notices.receivers()[0]!.waiting;
    })
    .toBe(0);
}

const outcomes = ({ samples }: NoticeBench): string[] =>
  samples
    .filter(({ metric, value }) => metric === "rum_alert_notices_total" && value > 0)
    .map(({ labels }) => labels["outcome"]!);

test("a text message: the number that was tried at the kill is not repeated, the others have theirs once", async () => {
  const peer = await startPeer();
  const numbers = (): (string | null)[] =>
    peer.requests.map(({ body }) => new URLSearchParams(body).get("To"));
  peer.conduct({ status: 201 }, "silent");
  const bench = createNoticeBench();
  bench.restart({ receivers: [sms(peer.origin)] });
  await bench.take(bench.fire("A"));
  await expect.poll(numbers).toEqual(NUMBERS.slice(0, 2));

  peer.conduct({ status: 201 });
  bench.restart({ receivers: [sms(peer.origin)] });
  await settle(bench);
  expect(numbers()).toEqual(NUMBERS);
  expect(outcomes(bench)).toEqual(["retried", "unknown", "delivered"]);

  // And a third process finds nothing to do.
  bench.restart({ receivers: [sms(peer.origin)] });
  await bench.pass(600_000, 60_000);
  expect(numbers()).toEqual(NUMBERS);
});

test("a text message: numbers that were asked for patience are tried again alone, after a kill too", async () => {
  const peer = await startPeer();
  const numbers = (): (string | null)[] =>
    peer.requests.map(({ body }) => new URLSearchParams(body).get("To"));
  const bench = createNoticeBench();
  bench.restart({ receivers: [sms(peer.origin)] });
  peer.conduct({ status: 201 }, { status: 429 }, { status: 201 });
  await bench.take(bench.fire("A"));
  await expect.poll(() => outcomes(bench)).toEqual(["retried"]);
  bench.restart({ receivers: [sms(peer.origin)] });
  await settle(bench);
  expect(numbers()).toEqual([...NUMBERS, NUMBERS[1]]);
});

test("a mail: after a kill it goes to those alone that were asked for patience, and to no one who left the options", async () => {
  let busy = 450;
  const { host, mails } = await startSmtp({
    recipient: (address) => (address.startsWith("busy") ? busy : 0),
  });
  const all = ["team@shop.example", "Busy <busy@shop.example>", "busy2@shop.example"];
  const bench = createNoticeBench();
  bench.restart({ receivers: [mail(host, all)] });
  await bench.take(bench.fire("A"));
  await expect.poll(() => outcomes(bench)).toEqual(["retried"]);
  busy = 0;
  bench.restart({ receivers: [mail(host, all.slice(0, 2))] });
  await settle(bench);
  expect(mails.map(({ to }) => to)).toEqual([["team@shop.example"], ["busy@shop.example"]]);
});
