import { cutText } from "./cutText.ts";
import { fitAlerts } from "./fitAlerts.ts";
import { type AlertText, moreText, type NoticeLevel, type NoticeText } from "./noticeText.ts";

/** A message as `chat.postMessage` and incoming webhooks take it. */
export interface SlackMessage {
  /** For notifications of the system, and for clients without blocks. */
  readonly text: string;
  readonly attachments: readonly { readonly color: string; readonly blocks: readonly SlackBlock[] }[];
}

type SlackBlock = Readonly<Record<string, unknown>>;

/**
 * Maximum code units, below those of https://docs.slack.dev/reference/block-kit/blocks: a header has 150, a section 3,000,
 * a field 2,000, a message 50 blocks. A message of more than some 13,000 in total is refused with `msg_blocks_too_long`
 * (https://github.com/slackapi/bolt-js/issues/2509).
 */
const MAX = { header: 150, text: 400, note: 300, section: 1_500, field: 300, links: 2_500 };
const MAX_TOTAL = 12_000;

const COLORS: Readonly<Record<NoticeLevel, string>> = {
  critical: "#d32f2f",
  warning: "#f9a825",
  info: "#1976d2",
  resolved: "#2e7d32",
};

/** Slack obeys `<!channel>`, `<@user>` and `<url|text>`, and asks to escape these three characters and no others. */
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Renders a message within Slack's limits. */
export function renderSlackMessage({ title, note, level, alerts, leftOut }: NoticeText): SlackMessage {
  const fitted = fitAlerts(alerts, {
    render: blocksOf,
    sizeOf: (blocks) => JSON.stringify(blocks).length,
    room: MAX_TOTAL,
  });
  const more = leftOut + fitted.leftOut;
  const blocks: SlackBlock[] = [
    { type: "header", text: plainText(title, MAX.header) },
    ...(note === "" ? [] : [{ type: "section", text: plainText(note, MAX.note) }]),
    ...fitted.parts.flat(),
    ...(more === 0 ? [] : [{ type: "section", text: plainText(moreText(more), MAX.note) }]),
  ];
  return { text: escapeSlack(title, MAX.text), attachments: [{ color: COLORS[level], blocks }] };
}

/** Escapes and cuts a text. */
export function escapeSlack(text: string, max: number): string {
  return cutText(text, max, { escape: escapeText });
}

function blocksOf({ name, severity, summary, description, facts, links }: AlertText): SlackBlock[] {
  const heading = severity === "" ? name : `${name} (${severity})`;
  const text = [`${heading}: ${summary}`, description].filter((line) => line !== "").join("\n");
  return [
    {
      type: "section",
      text: plainText(text, MAX.section),
      fields: facts.map(([fact, value]) => plainText(`${fact}: ${value}`, MAX.field)),
    },
    ...linksOf(links),
  ];
}

function linksOf(links: AlertText["links"]): SlackBlock[] {
  const kept: string[] = [];
  let size = 0;
  for (const [label, url] of links) {
    // Its own `&` is escaped, too. A link that does not fit is left out, since a part leads nowhere.
    const text = `<${url.replaceAll("&", "&amp;")}|${label}>`;
    size += text.length + 3;
    if (size <= MAX.links) kept.push(text);
  }
  if (kept.length === 0) return [];
  // Verbatim: names of channels and people in a URL stay a URL.
  return [{ type: "context", elements: [{ type: "mrkdwn", text: kept.join(" · "), verbatim: true }] }];
}

function plainText(text: string, max: number): object {
  return { type: "plain_text", text: escapeSlack(text, max) || " ", emoji: false };
}

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character]!);
}
