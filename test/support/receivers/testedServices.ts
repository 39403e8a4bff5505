/** PagerDuty, Teams, Discord, Alertmanager and Twilio, as their documentation describes them. */
import type { ReceiverOptions } from "@rumkit/server/internal/testing";
import { expect } from "vitest";
import type { TestedReceiver } from "./testedReceiver.ts";

type OptionsOf<Type extends ReceiverOptions["type"]> = Extract<ReceiverOptions, { type: Type }>;

interface PagerDutyEvent {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload: { readonly summary: string; readonly source: string; readonly severity: string };
}

export const testedPagerDuty: TestedReceiver = {
  name: "pagerduty",
  options: (origin) => ({
    type: "pagerduty",
    routingKey: "hiddenhiddenhiddenhiddenhidden12",
    apiUrl: origin,
  }),
  accepted: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' },
  expectRequest: ({ path, body }) => {
    expect(path).toBe("/v2/enqueue");
    expect(JSON.parse(body)).toMatchObject({ routing_key: "hiddenhiddenhiddenhiddenhidden12" });
  },
  expectLimits: (body, { status }) => {
    // With the routing key that is added when it is sent.
    expect(Buffer.byteLength(body)).toBeLessThan(511_900);
    const { event_action: action, dedup_key: key, payload } = JSON.parse(body) as PagerDutyEvent;
    expect(action).toBe(status === "resolved" ? "resolve" : "trigger");
    expect(key).toMatch(/^.{1,255}$/);
    expect(payload.summary).toMatch(/^.{1,1024}$/);
    expect(payload.source).not.toBe("");
    expect(["critical", "error", "warning", "info"]).toContain(payload.severity);
  },
  says: [
    '"event_action":"trigger"',
    "[FIRING] ShopCheckoutErrors: 7.3 % of checkouts fail.",
    "fires above 5 %",
    '"severity":"critical"',
    '{"href":"https://runbooks.example/checkout-errors","text":"Runbook"}',
  ],
  secrets: (options) => [["routingKey", (options as OptionsOf<"pagerduty">).routingKey]],
};

interface TeamsMessage {
  readonly attachments: readonly { readonly content: { readonly version: string } }[];
}

export const testedTeams: TestedReceiver = {
  name: "teams",
  options: (origin) => ({ type: "teams", url: `${origin}/workflows/hidden-path?sig=hidden-signature` }),
  accepted: { status: 202 },
  expectRequest: ({ path, body }) => {
    expect(path).toBe("/workflows/hidden-path?sig=hidden-signature");
    expect(JSON.parse(body)).toMatchObject({
      type: "message",
      attachments: [
        { contentType: "application/vnd.microsoft.card.adaptive", content: { type: "AdaptiveCard" } },
      ],
    });
  },
  expectLimits: (body) => {
    expect(Buffer.byteLength(body)).toBeLessThan(28_000);
    expect((JSON.parse(body) as TeamsMessage).attachments[0]!.content.version).toBe("1.4");
    // Elements that read Markdown, and mentions, get no text of others.
    expect(body).not.toMatch(/"type":"(?:TextBlock|FactSet|mention)"|"entities"/);
  },
  says: [
    "[FIRING] ShopCheckoutErrors",
    "7.3 % (fires above 5 %)",
    "2026-11-27 08:40:00 UTC",
    '"title":"Runbook"',
  ],
  secrets: (options) => [["url", (options as OptionsOf<"teams">).url]],
};

interface DiscordMessage {
  readonly allowed_mentions: object;
  readonly embeds: readonly { readonly title: string; readonly description: string }[];
}

/** Characters that Discord's Markdown, mentions and emoji need. */
const OBEYED_BY_DISCORD = /(?<!\\)(?:\\\\)*[*_~`|>#[\]()<@]/;

export const testedDiscord: TestedReceiver = {
  name: "discord",
  options: (origin) => ({ type: "discord", url: `${origin}/api/webhooks/1/hidden-token` }),
  accepted: { status: 204 },
  expectRequest: ({ path }) => expect(path).toBe("/api/webhooks/1/hidden-token"),
  expectLimits: (body) => {
    const message = JSON.parse(body) as DiscordMessage;
    expect(message.allowed_mentions).toEqual({ parse: [] });
    const [{ title, description } = { title: "", description: "" }] = message.embeds;
    expect(title.length).toBeLessThanOrEqual(256);
    expect(description.length).toBeLessThanOrEqual(4_096);
    expect(title.length + description.length).toBeLessThanOrEqual(6_000);
    const ours = /\[(?:Live page|Board|Runbook)\]\(https?:\/\/[^\s()<>]+\)/g;
    for (const line of [title, ...description.replace(ours, "").split("\n")])
      expect(line).not.toMatch(OBEYED_BY_DISCORD);
  },
  says: [
    "\\\\[FIRING\\\\] ShopCheckoutErrors",
    "fires above 5 %",
    "[Live page](https://shop.example/realtime?view=alerts&app=shop)",
  ],
  secrets: (options) => [["url", (options as OptionsOf<"discord">).url]],
};

interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

export const testedAlertmanager: TestedReceiver = {
  name: "alertmanager",
  options: (origin) => ({
    type: "alertmanager",
    url: `${origin}/prefix/`,
    authorization: "Bearer hidden-token",
  }),
  accepted: { status: 200 },
  expectRequest: ({ path, headers }) => {
    expect(path).toBe("/prefix/api/v2/alerts");
    expect(headers.authorization).toBe("Bearer hidden-token");
  },
  expectLimits: (body, { alerts }) => {
    const posted = JSON.parse(body) as readonly PostableAlert[];
    expect(posted).toHaveLength(alerts.length);
    for (const [index, { labels, startsAt, endsAt, generatorURL }] of posted.entries()) {
      expect(labels["alertname"]).toBeTruthy();
      for (const [name, value] of Object.entries(labels)) {
        expect(name).toMatch(/^[a-zA-Z_]\w*$/);
        expect(value).not.toBe("");
      }
      expect(Date.parse(startsAt)).not.toBeNaN();
      expect(endsAt !== undefined).toBe(alerts[index]!.state === "resolved");
      if (generatorURL !== undefined) expect(URL.canParse(generatorURL)).toBe(true);
    }
  },
  says: [
    '"alertname":"ShopCheckoutErrors"',
    '"severity":"critical"',
    '"startsAt":"2026-11-27T08:40:00.000Z"',
  ],
  secrets: (options) => [["authorization", (options as OptionsOf<"alertmanager">).authorization]],
  optional: ["authorization"],
};

export const testedSms: TestedReceiver = {
  name: "sms",
  options: (origin) => ({
    type: "sms",
    accountSid: "AC00000000000000000000000000000001",
    authToken: "hidden-token",
    from: "+15551234567",
    to: ["+4915112345678"],
    apiUrl: origin,
  }),
  accepted: { status: 201, body: '{"sid":"SM1","status":"queued"}' },
  // Twilio has no idempotency key: what it may have accepted is not sent again.
  outcomes: {
    "502": "unknown",
    "no answer": "unknown",
    "a connection that closes early": "unknown",
    "what is not HTTP": "unknown",
  },
  expectRequest: ({ path, headers, body }) => {
    expect(path).toBe("/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json");
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
    const fields = new URLSearchParams(body);
    expect(fields.get("To")).toBe("+4915112345678");
    expect(fields.get("From")).toBe("+15551234567");
    expect(fields.get("ValidityPeriod")).toBe("3600");
    expect(fields.get("Body")).toContain("ShopCheckoutErrors");
  },
  expectLimits: (body) => {
    expect(body).not.toBe("");
    // GSM 03.38, its extension with two septets each.
    const gsm =
      /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
    const septets = body.length + (body.match(/[\^{}\\[~\]|€]/g)?.length ?? 0);
    expect(gsm.test(body) ? septets : body.length).toBeLessThanOrEqual(gsm.test(body) ? 306 : 134);
  },
  says: [
    "[FIRING] ShopCheckoutErrors: 7.3 % of checkouts fail.",
    "Value 7.3 % (fires above 5 %)",
    "since 2026-11-27 08:40:00 UTC",
    "https://shop.example/realtime?view=alerts&app=shop",
  ],
  secrets: (options) => [["authToken", (options as OptionsOf<"sms">).authToken]],
  hasSecretInRequest: new RegExp(
    Buffer.from("AC00000000000000000000000000000001:hidden-token").toString("base64").replace(/=+$/, ""),
  ),
};
