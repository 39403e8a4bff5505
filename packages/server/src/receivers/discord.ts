import { type Check, object, oneOf, required } from "../base/shape.ts";
import type { Notice } from "../notices/notice.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { cutText } from "./cutText.ts";
import { fitAlerts } from "./fitAlerts.ts";
import { type AlertText, moreText, type NoticeLevel, textOfNotice } from "./noticeText.ts";
import type { OptionChecks } from "./optionChecks.ts";
import { outcomeOf } from "./outcomes.ts";
import { isoText } from "./quantityText.ts";
import type { DiscordOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";
import type { SafeAnswer } from "./safeHttp.ts";

/**
 * Code units of an embed: its title has 256, its description 4,096, all its texts 6,000
 * (https://discord.com/developers/docs/resources/message#embed-object-embed-limits).
 */
const MAX = { title: 256, description: 4_096, heading: 500, text: 1_000, fact: 200, links: 1_200 };
const ROOM = MAX.description - 300;

const COLORS: Readonly<Record<NoticeLevel, number>> = {
  critical: 0xd3_2f_2f,
  warning: 0xf9_a8_25,
  info: 0x19_76_d2,
  resolved: 0x2e_7d_32,
};

export function checkDiscord({ secretUrl }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["discord"]),
      url: required(secretUrl, 'the address of a webhook, e.g. { env: "DISCORD_URL" }'),
    },
    { example: '{ type: "discord", url: { env: "DISCORD_URL" } }' },
  );
}

/** One embed for each notice. */
export function createDiscord(name: string, options: DiscordOptions, parts: ReceiverParts): Receiver {
  const url = parts.read(options.url);
  return {
    name,
    type: "discord",
    render: (notice) => JSON.stringify(renderDiscordMessage(notice)),
    send: async ({ body }) => {
      const answer = await parts.post({
        url: url.reveal(),
        body,
        headers: { "content-type": "application/json" },
      });
      return outcomeOfDiscord(answer, parts.now());
    },
  };
}

/** 404 with the code 10015: the webhook was deleted, and must not be called again. */
function outcomeOfDiscord(answer: SafeAnswer, now: number): SendOutcome {
  const isGone =
    answer.kind === "answer" && answer.status === 404 && /"code"\s*:\s*10015\b/.test(answer.text);
  return outcomeOf(answer, now, isGone ? { 404: "disabled" } : {});
}

function renderDiscordMessage(notice: Notice): object {
  const { title, note, level, alerts, leftOut } = textOfNotice(notice);
  const fitted = fitAlerts(alerts, {
    render: paragraphOf,
    sizeOf: (paragraph) => paragraph.length + 2,
    room: ROOM,
  });
  const more = leftOut + fitted.leftOut;
  const paragraphs = [note, ...fitted.parts, more === 0 ? "" : moreText(more)];
  return {
    // Texts with `@everyone` or a role mention no person.
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: escapeText(title, MAX.title),
        description: paragraphs.filter((paragraph) => paragraph !== "").join("\n\n"),
        color: COLORS[level],
        timestamp: isoText(notice.at),
      },
    ],
  };
}

function paragraphOf({ name, severity, summary, description, facts, links }: AlertText): string {
  const heading = severity === "" ? name : `${name} (${severity})`;
  const lines = [
    escapeText(`${heading}: ${summary}`, MAX.heading),
    escapeText(description, MAX.text),
    ...facts.map(([fact, text]) => `${fact}: ${escapeText(text, MAX.fact)}`),
    linksOf(links),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function linksOf(links: AlertText["links"]): string {
  let room = MAX.links;
  const kept = links.flatMap(([label, url]) => {
    const text = `[${label}](${url})`;
    room -= text.length + 3;
    return room < 0 ? [] : [text];
  });
  return kept.join(" · ");
}

/** Discord reads Markdown, mentions and emoji, and takes a backslash before any character that is not a letter or digit. */
function escapeText(text: string, max: number): string {
  return cutText(text, max, { escape: (part) => part.replace(/[\\*_~`|>#[\]()<@:+.=-]/g, "\\$&") });
}
