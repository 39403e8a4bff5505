import { type Check, object, oneOf, required } from "../base/shape.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { bytesOf, cutText } from "./cutText.ts";
import { fitAlerts } from "./fitAlerts.ts";
import { type AlertText, moreText, type NoticeLevel, type NoticeText, textOfNotice } from "./noticeText.ts";
import type { OptionChecks } from "./optionChecks.ts";
import { outcomeOf } from "./outcomes.ts";
import type { TeamsOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";
import type { SafeAnswer } from "./safeHttp.ts";

/**
 * Bytes of a message: Teams refuses more than 28 KB
 * (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using). Code units of
 * texts, of which each may take six bytes of JSON: one alert has at most 15 kB.
 */
const MAX_BYTES = 25_000;
const MAX = { title: 300, text: 1_000, fact: 200, actions: 6 };

const COLORS: Readonly<Record<NoticeLevel, string>> = {
  critical: "Attention",
  warning: "Warning",
  info: "Accent",
  resolved: "Good",
};

export function checkTeams({ secretUrl }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["teams"]),
      url: required(secretUrl, 'the address of a workflow, e.g. { env: "TEAMS_URL" }'),
    },
    { example: '{ type: "teams", url: { env: "TEAMS_URL" } }' },
  );
}

/** An Adaptive Card for a workflow of Teams ("When a Teams webhook request is received"). */
export function createTeams(name: string, options: TeamsOptions, parts: ReceiverParts): Receiver {
  const url = parts.read(options.url);
  return {
    name,
    type: "teams",
    render: (notice) => JSON.stringify(renderTeamsMessage(textOfNotice(notice))),
    send: async ({ body }) => {
      const answer = await parts.post({
        url: url.reveal(),
        body,
        headers: { "content-type": "application/json" },
      });
      return outcomeOfTeams(answer, parts.now());
    },
  };
}

/**
 * Connectors answer 200 with "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error
 * 429" (https://github.com/MicrosoftDocs/msteams-docs/issues/4145).
 */
function outcomeOfTeams(answer: SafeAnswer, now: number): SendOutcome {
  if (answer.kind === "failed") return outcomeOf(answer, now);
  const [, inner] = /returned HTTP error (\d{3})\b/.exec(answer.text) ?? [];
  return outcomeOf(inner === undefined ? answer : { ...answer, status: Number(inner) }, now);
}

type CardElement = Readonly<Record<string, unknown>>;

function renderTeamsMessage({ title, note, level, alerts, leftOut }: NoticeText): object {
  const fitted = fitAlerts(alerts, {
    render: elementsOf,
    sizeOf: (elements) => bytesOf(JSON.stringify(elements)),
    // The title, its second copy, and the links of the first alert.
    room: MAX_BYTES - 12 * MAX.title - 8_000,
  });
  const more = leftOut + fitted.leftOut;
  return {
    type: "message",
    summary: cutText(title, MAX.title),
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          // Workflows show nothing of newer ones (https://github.com/prometheus/alertmanager/issues/3920).
          version: "1.4",
          msteams: { width: "Full" },
          body: [
            paragraph({
              text: cutText(title, MAX.title),
              weight: "Bolder",
              size: "Large",
              color: COLORS[level],
            }),
            ...(note === "" ? [] : [paragraph({ text: note })]),
            ...fitted.parts.flat(),
            ...(more === 0 ? [] : [paragraph({ text: moreText(more) })]),
          ],
          actions: actionsOf(alerts[0]!.links),
        },
      },
    ],
  };
}

function elementsOf({ name, severity, summary, description, facts }: AlertText): CardElement[] {
  const heading = severity === "" ? name : `${name} (${severity})`;
  return [
    paragraph({ text: cutText(`${heading}: ${summary}`, MAX.fact * 2), weight: "Bolder" }),
    ...(description === "" ? [] : [paragraph({ text: cutText(description, MAX.text) })]),
    ...facts.map(([fact, text]) =>
      paragraph({ text: `${fact}: `, isSubtle: true }, { text: cutText(text, MAX.fact) }),
    ),
  ];
}

/** A block of text that Teams does not read as Markdown, unlike a `TextBlock`. */
function paragraph(...runs: readonly CardElement[]): CardElement {
  return { type: "RichTextBlock", inlines: runs.map((run) => ({ type: "TextRun", ...run })) };
}

function actionsOf(links: AlertText["links"]): CardElement[] {
  let room = 6_000;
  return links.slice(0, MAX.actions).flatMap(([title, url]) => {
    room -= url.length;
    return room < 0 ? [] : [{ type: "Action.OpenUrl", title, url }];
  });
}
