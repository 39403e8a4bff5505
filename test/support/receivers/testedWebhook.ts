import type { ReceiverOptions } from "@rumkit/server/internal/testing";
import { expect } from "vitest";
import type { TestedReceiver } from "./testedReceiver.ts";

interface Body {
  readonly version: string;
  readonly status: string;
  readonly alerts: readonly object[];
  readonly truncatedAlerts: number;
}

export const testedWebhook: TestedReceiver = {
  name: "webhook",
  options: (origin) => ({
    type: "webhook",
    url: `${origin}/hidden-path/hook?key=hidden-key`,
    secrets: ["whsec_hiddenhiddenhiddenhiddenhidden12"],
    authorization: "Bearer hidden-token",
  }),
  accepted: { status: 204 },
  expectRequest: ({ headers, body, path }) => {
    expect(path).toBe("/hidden-path/hook?key=hidden-key");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      authorization: "Bearer hidden-token",
    });
    expect(headers["webhook-signature"]).toMatch(/^v1,/);
    expect(JSON.parse(body)).toMatchObject({ version: "4", receiver: "oncall" });
  },
  expectLimits: (text, { alerts, leftOut, status }) => {
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    const body = JSON.parse(text) as Body;
    expect(body).toMatchObject({ version: "4", status });
    expect(body.alerts.length).toBeGreaterThan(0);
    expect(body.alerts.length + body.truncatedAlerts).toBe(alerts.length + leftOut);
  },
  says: [
    '"alertname":"ShopCheckoutErrors"',
    '"summary":"7.3 % of checkouts fail."',
    '"value":0.073,"threshold":0.05,"side":"above","unit":"ratio"',
    '"runbook_url":"https://runbooks.example/checkout-errors"',
    '"generatorURL":"https://shop.example/realtime?view=alerts&app=shop"',
    '"release":"1.4.2"',
  ],
  secrets: (options) => {
    const { url, authorization } = options as Extract<ReceiverOptions, { type: "webhook" }>;
    return [
      ["url", url],
      ["authorization", authorization],
    ];
  },
  optional: ["authorization"],
};
