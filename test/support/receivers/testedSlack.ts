import type { ReceiverOptions } from "@rumkit/server/internal/testing";
import { expect } from "vitest";
import type { TestedReceiver } from "./testedReceiver.ts";

interface TextObject {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}

interface Block {
  readonly type: string;
  readonly text?: TextObject;
  readonly fields?: readonly TextObject[];
  readonly elements?: readonly TextObject[];
}

interface Message {
  readonly text: string;
  readonly attachments: readonly { readonly blocks: readonly Block[] }[];
}

/** Limits of https://docs.slack.dev/reference/block-kit/blocks, and the total that Slack does not document. */
function expectMessage(message: Message): void {
  const blocks = message.attachments.flatMap((attachment) => attachment.blocks);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(message.text.length).toBeLessThanOrEqual(4_000);
  for (const { type, text, fields = [], elements = [] } of blocks) {
    if (text) expectText(text, type === "header" ? 150 : 3_000);
    expect(fields.length).toBeLessThanOrEqual(10);
    expect(elements.length).toBeLessThanOrEqual(10);
    for (const field of fields) expectText(field, 2_000);
    for (const element of elements) expectText(element, 3_000);
  }
  expect(JSON.stringify(message.attachments).length).toBeLessThan(13_200);
  expectEscaped(message.text);
}

function expectText({ type, text, verbatim }: TextObject, max: number): void {
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(max);
  if (type === "plain_text") expectEscaped(text);
  else {
    // Links of ours, and nothing else that Slack obeys.
    expect(verbatim).toBe(true);
    expectEscaped(text.replace(/<https?:\/\/[^<>|\s]+\|(?:Live page|Board|Runbook)>/g, ""));
  }
}

function expectEscaped(text: string): void {
  expect(text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
}

const SAYS = ["ShopCheckoutErrors", "7.3 %", "fires above 5 %", "2026-11-27 08:40:00 UTC", "1.4.2"];

type SlackOptions = Extract<ReceiverOptions, { type: "slack" }>;

export const testedSlackWebhook: TestedReceiver = {
  name: "slack, an incoming webhook",
  options: (origin) => ({ type: "slack", url: `${origin}/services/T0/B0/hidden-path` }),
  accepted: { status: 200, body: "ok" },
  expectRequest: ({ path, headers, body }) => {
    expect(path).toBe("/services/T0/B0/hidden-path");
    expect(headers["content-type"]).toBe("application/json");
    expect((JSON.parse(body) as Message).text).toContain("ShopCheckoutErrors");
  },
  expectLimits: (body) => expectMessage(JSON.parse(body) as Message),
  says: [...SAYS, "<https://shop.example/realtime?view=alerts&amp;app=shop|Live page>"],
  secrets: (options) => [["url", (options as SlackOptions).url]],
};

export const testedSlackBot: TestedReceiver = {
  name: "slack, a bot",
  options: (origin) => ({
    type: "slack",
    token: "xoxb-hidden-token",
    channel: "C0123456789",
    apiUrl: `${origin}/api`,
  }),
  accepted: { status: 200, body: '{"ok":true,"channel":"C0123456789","ts":"1503435956.000247"}' },
  // It answers 200 for refusals, too: an answer that cannot be read says nothing.
  outcomes: {
    "200 without end": "retry",
    "200 with fewer bytes than promised": "retry",
    "an answer that stalls": "retry",
  },
  expectRequest: ({ path, headers, body }) => {
    expect(path).toBe("/api/chat.postMessage");
    expect(headers.authorization).toBe("Bearer xoxb-hidden-token");
    expect(JSON.parse(body)).toMatchObject({ channel: "C0123456789" });
  },
  expectLimits: (body) => {
    const { message, reply } = JSON.parse(body) as { message: Message; reply: string };
    expectMessage(message);
    expect(reply.length).toBeLessThanOrEqual(4_000);
    expectEscaped(reply);
  },
  says: SAYS,
  secrets: (options) => [["token", (options as SlackOptions).token]],
};
