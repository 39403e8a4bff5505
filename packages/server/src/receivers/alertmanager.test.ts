/** With Debian's Alertmanager. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type RunningAlertmanager,
  startAlertmanager,
} from "../../../../test/support/receivers/alertmanager.ts";
import { largestNotices } from "../../../../test/support/receivers/hostileNotices.ts";
import { alertWith, noticeWith } from "../../../../test/support/receivers/notices.ts";
import type { Alert } from "../alerts/alert.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { createReceiver } from "./createReceiver.ts";

let alertmanager: RunningAlertmanager;
let receiver: Receiver;

beforeAll(async () => {
  alertmanager = await startAlertmanager({ route: { receiver: "none" }, receivers: [{ name: "none" }] });
  receiver = createReceiver(
    "alertmanager",
    { type: "alertmanager", url: alertmanager.origin },
    { allowPrivateAddresses: ["127.0.0.1"] },
  );
});

afterAll(() => alertmanager.stop());

function sendText(body: string): Promise<SendOutcome> {
  return receiver.send({ id: "a", episode: "b", body, attempt: 1, thread: undefined });
}

function send(...alerts: readonly Alert[]): Promise<SendOutcome> {
  const isResolved = alerts.every(({ state }) => state === "resolved");
  return sendText(receiver.render(noticeWith({ alerts, status: isResolved ? "resolved" : "firing" }))!);
}

async function shown(name: string): ReturnType<RunningAlertmanager["alerts"]> {
  return (await alertmanager.alerts()).filter(({ labels }) => labels["alertname"] === name);
}

/** An alert that began a minute ago, by Alertmanager's clock. */
function alertOf(name: string, changes: Partial<Alert> = {}): Alert {
  return alertWith({ name, startsAt: Date.now() - 60_000, ...changes });
}

test("it shows an alert that fires, with its texts and links, until the resolve", async () => {
  expect(await send(alertOf("Fires"))).toEqual({ kind: "delivered" });
  await expect
    .poll(() => shown("Fires"))
    .toMatchObject([
      {
        labels: { alertname: "Fires", app: "shop", severity: "critical", team: "payments" },
        annotations: {
          summary: "7.3 % of checkouts fail.",
          value: "7.3 % (fires above 5 %)",
          release: "1.4.2",
          runbook_url: "https://runbooks.example/checkout-errors",
        },
        generatorURL: "https://shop.example/realtime?view=alerts&app=shop",
        status: { state: "active" },
      },
    ]);
  expect(await send(alertOf("Fires", { state: "resolved", endsAt: Date.now() - 1_000 }))).toEqual({
    kind: "delivered",
  });
  await expect.poll(() => shown("Fires")).toEqual([]);
});

test("a fire that arrives late, before its resolve, leaves nothing behind", async () => {
  const began = Date.now() - 3_600_000;
  await send(alertOf("Late", { startsAt: began }));
  await expect.poll(() => shown("Late")).toHaveLength(1);
  await send(alertOf("Late", { startsAt: began, state: "resolved", endsAt: began + 60_000 }));
  await expect.poll(() => shown("Late")).toEqual([]);
});

test("a refresh moves the end of an alert that still fires; one that is over ends", async () => {
  await send(alertOf("Lasts"), alertOf("Ends"));
  const body = receiver.refresh!.render([
    alertOf("Lasts"),
    alertOf("Ends", { state: "resolved", endsAt: Date.now() - 1_000 }),
    alertOf("Pends", { state: "pending" }),
  ]);
  expect(receiver.refresh!.everyMs).toBe(60_000);
  expect(await sendText(body)).toEqual({ kind: "delivered" });
  await expect.poll(() => shown("Ends")).toEqual([]);
  const [lasting] = await shown("Lasts");
  expect(Date.parse(lasting!.endsAt)).toBeGreaterThan(Date.now());
  expect(await shown("Pends")).toEqual([]);
});

test("a silence of its API holds an alert of ours back", async () => {
  await alertmanager.post(
    "silences",
    JSON.stringify({
      matchers: [{ name: "alertname", value: "Silenced", isRegex: false, isEqual: true }],
      startsAt: new Date(Date.now() - 60_000).toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: "ada",
      comment: "Known.",
    }),
  );
  await send(alertOf("Silenced"));
  await expect
    .poll(async () => (await shown("Silenced"))[0]?.status.state, { timeout: 100_000 })
    .toBe("suppressed");
});

test("it takes the most hostile texts", async () => {
  for (const notice of largestNotices) {
    const alerts = notice.alerts.slice(0, 2).map((alert, index) => ({ ...alert, labels: { n: `${index}` } }));
    expect(await sendText(receiver.render({ ...notice, alerts })!)).toEqual({ kind: "delivered" });
    expect(await sendText(receiver.render({ ...notice, alerts: notice.alerts.slice(0, 1) })!)).toEqual({
      kind: "delivered",
    });
  }
});

test("an interval in which Alertmanager would forget an alert is refused", () => {
  const options = { type: "alertmanager", url: "https://alertmanager.example" } as const;
  expect(() => createReceiver("a", { ...options, resendAfter: "5m" })).toThrow(/longer than "4m"/);
  expect(createReceiver("a", { ...options, resendAfter: "30s" }).refresh?.everyMs).toBe(30_000);
});
