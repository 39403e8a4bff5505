import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { alertWith, noticeWith } from "../../../../test/support/receivers/notices.ts";
import { type PeerRequest, startPeer } from "../../../../test/support/receivers/peer.ts";
import { createReceiver } from "./createReceiver.ts";
import { signingKeyFault } from "./signWebhook.ts";
import { renderWebhookBody } from "./webhookBody.ts";

const LOCAL = { allowPrivateAddresses: ["127.0.0.1"] };

function newSecret(bytes = 32): string {
  return `whsec_${randomBytes(bytes).toString("base64")}`;
}

/** An ed25519 key as Standard Webhooks writes it: the seed, or the seed and the public key. */
function newKey(isLong: boolean): { readonly key: string; readonly publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
  const whole = isLong
    ? Buffer.concat([seed, publicKey.export({ format: "der", type: "spki" }).subarray(-32)])
    : seed;
  return { key: `whsk_${whole.toString("base64")}`, publicKey: createPublicKey(privateKey) };
}

async function sendSigned(secrets: readonly string[], attempts = 1): Promise<readonly PeerRequest[]> {
  const peer = await startPeer();
  const receiver = createReceiver("hook", { type: "webhook", url: peer.origin, secrets }, LOCAL);
  const { id, episode } = noticeWith();
  const body = receiver.render(noticeWith())!;
  for (let attempt = 1; attempt <= attempts; attempt += 1)
    await receiver.send({ id, episode, body, attempt, thread: undefined });
  return peer.requests;
}

function headersOf(request: PeerRequest): Record<string, string> {
  return request.headers as Record<string, string>;
}

describe("Standard Webhooks", () => {
  test.each([24, 32, 64])("its own library verifies a body signed with %i bytes", async (bytes) => {
    const secret = newSecret(bytes);
    const [request] = await sendSigned([secret]);
    expect(new Webhook(secret).verify(request!.body, headersOf(request!))).toMatchObject({ version: "4" });
    expect(() => new Webhook(secret).verify(`${request!.body} `, headersOf(request!))).toThrow(
      WebhookVerificationError,
    );
  });

  test("while a secret is replaced, the old and the new one verify, and no other", async () => {
    const [old, next] = [newSecret(), newSecret()];
    const [request] = await sendSigned([old, next]);
    for (const secret of [old, next])
      expect(new Webhook(secret).verify(request!.body, headersOf(request!))).toMatchObject({ version: "4" });
    expect(() => new Webhook(newSecret()).verify(request!.body, headersOf(request!))).toThrow(
      WebhookVerificationError,
    );
  });

  test.each([false, true])("v1a is verified with the public key (64 bytes: %s)", async (isLong) => {
    const { key, publicKey } = newKey(isLong);
    const [request] = await sendSigned([newSecret(), key]);
    const headers = headersOf(request!);
    const signature = headers["webhook-signature"]!.split(" ").find((part) => part.startsWith("v1a,"))!;
    const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${request!.body}`;
    expect(verify(null, Buffer.from(content), publicKey, Buffer.from(signature.slice(4), "base64"))).toBe(
      true,
    );
  });

  test("all attempts have one id, which is the notice's", async () => {
    const requests = await sendSigned([newSecret()], 3);
    expect(requests.map((request) => headersOf(request)["webhook-id"])).toEqual(Array(3).fill("notice-1"));
  });

  test("without a secret there is an id and no signature", async () => {
    const peer = await startPeer();
    const receiver = createReceiver("hook", { type: "webhook", url: peer.origin }, LOCAL);
    await receiver.send({ id: "a", episode: "b", body: "{}", attempt: 1, thread: undefined });
    expect(peer.requests[0]!.headers).toMatchObject({ "webhook-id": "a" });
    expect(peer.requests[0]!.headers["webhook-signature"]).toBeUndefined();
  });

  test.each([
    "hidden",
    "whsec_",
    `whsec_${randomBytes(23).toString("base64")}`,
    `whsec_${randomBytes(65).toString("base64")}`,
    `whsk_${randomBytes(31).toString("base64")}`,
    "whpk_hiddenhiddenhiddenhiddenhiddenhiddenhiddenhi",
    "whsec_not base64 hidden",
  ])("%s is not a signing key", (key) => {
    expect(signingKeyFault(key)).toBeDefined();
    expect(signingKeyFault(key)).not.toContain("hidden");
  });
});

describe("the body", () => {
  test("has all that Alertmanager's has, and more", () => {
    const body = JSON.parse(renderWebhookBody("hook", noticeWith({ status: "resolved", leftOut: 3 }))) as {
      alerts: object[];
    };
    expect(body).toMatchObject({
      version: "4",
      groupKey: '{}:{alertname="ShopCheckoutErrors"}',
      truncatedAlerts: 3,
      status: "resolved",
      receiver: "hook",
      groupLabels: { alertname: "ShopCheckoutErrors" },
      commonLabels: { alertname: "ShopCheckoutErrors", app: "shop", severity: "critical" },
      commonAnnotations: { summary: "7.3 % of checkouts fail." },
      externalURL: "https://shop.example/realtime?view=alerts&app=shop",
      notice: { id: "notice-2", reason: "resolved" },
    });
    expect(body.alerts).toMatchObject([
      {
        status: "resolved",
        startsAt: "2026-11-27T08:40:00.000Z",
        endsAt: "2026-11-27T08:52:00.000Z",
        fingerprint: "00f1a2b3c4d5e6f7",
        durationSeconds: 720,
      },
    ]);
  });

  test("a firing alert has the end that Alertmanager writes, and labels that differ are not common", () => {
    const alerts = [alertWith(), alertWith({ labels: { app: "shop", route: "/cart" } })];
    const body = JSON.parse(renderWebhookBody("hook", noticeWith({ alerts }))) as object;
    expect(body).toMatchObject({ alerts: [{ endsAt: "0001-01-01T00:00:00Z", status: "firing" }, {}] });
    expect(body).toHaveProperty("commonLabels", { app: "shop", alertname: "ShopCheckoutErrors" });
  });

  test("fifty usual alerts: as many as fit, the others are counted", () => {
    const alerts = Array.from({ length: 50 }, (_, index) => alertWith({ fingerprint: `f${index}` }));
    const text = renderWebhookBody("hook", noticeWith({ alerts }));
    const body = JSON.parse(text) as { alerts: object[]; truncatedAlerts: number };
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    expect(body.alerts.length).toBeGreaterThan(15);
    expect(body.alerts.length + body.truncatedAlerts).toBe(50);
  });
});
