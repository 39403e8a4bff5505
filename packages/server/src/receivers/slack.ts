import { type Check, object, oneOf, text } from "../base/shape.ts";
import type { Notice } from "../notices/notice.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { headerFault, type OptionChecks, secretThat } from "./optionChecks.ts";
import { describeAnswer, outcomeOf, retryOf } from "./outcomes.ts";
import { textOfNotice } from "./noticeText.ts";
import { durationText } from "./quantityText.ts";
import type { SlackOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";
import type { SafeAnswer } from "./safeHttp.ts";
import type { SecretText } from "./secretText.ts";
import { escapeSlack, renderSlackMessage, type SlackMessage } from "./slackMessage.ts";

const API_URL = "https://slack.com/api";

/** Checks the options of Slack: an incoming webhook, or a bot. */
export function checkSlack({ secretUrl, url }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["slack"]),
      url: secretUrl,
      token: secretThat(tokenFault),
      channel: text('"C0123456789"'),
      apiUrl: url,
    },
    {
      example: '{ type: "slack", url: { env: "SLACK_URL" } }',
      together: (options, path, faults) => {
        const hasUrl = options["url"] !== undefined;
        if (hasUrl === (options["token"] !== undefined))
          faults.add(path, "needs either url (an incoming webhook) or token and channel (a bot).");
        else if (!hasUrl && options["channel"] === undefined)
          faults.add([...path, "channel"], 'is required: the id of a channel, e.g. "C0123456789".', path);
      },
    },
  );
}

function tokenFault(token: string): string | undefined {
  return token.startsWith("xoxb-")
    ? headerFault(token)
    : "is not the token of a bot, which begins with xoxb-.";
}

export function createSlack(name: string, options: SlackOptions, parts: ReceiverParts): Receiver {
  const { url, token, channel = "", apiUrl = API_URL } = options;
  if (url !== undefined) return createSlackWebhook(name, parts.read(url), parts);
  return createSlackBot(name, { token: parts.read(token ?? ""), channel, apiUrl }, parts);
}

/** One message for each notice: an incoming webhook cannot edit. */
function createSlackWebhook(name: string, url: SecretText, parts: ReceiverParts): Receiver {
  return {
    name,
    type: "slack",
    render: (notice) => JSON.stringify(renderSlackMessage(textOfNotice(notice))),
    send: async ({ body }) =>
      outcomeOf(
        await parts.post({ url: url.reveal(), body, headers: { "content-type": "application/json" } }),
        parts.now(),
      ),
  };
}

/** A rendered notice of a bot. */
interface BotBody {
  /** The message of the episode: posted by the first notice, edited by all others. */
  readonly message: SlackMessage;
  /** The line in the message's thread, for all notices but the first. */
  readonly reply: string;
  /** True if the line is shown in the channel, too: an edited message notifies no person. */
  readonly isLoud: boolean;
}

interface Bot {
  readonly token: SecretText;
  readonly channel: string;
  readonly apiUrl: string;
}

/** One message for each episode, edited by its notices, which are listed in its thread. */
function createSlackBot(name: string, bot: Bot, parts: ReceiverParts): Receiver {
  const call = async (method: string, payload: object): Promise<SlackAnswer> => {
    const answer = await parts.post({
      url: `${bot.apiUrl.replace(/\/+$/, "")}/${method}`,
      body: JSON.stringify(payload),
      headers: {
        "content-type": "application/json; charset=utf-8",
        authorization: `Bearer ${bot.token.reveal()}`,
      },
    });
    return readSlackAnswer(answer, parts.now());
  };
  const post = async (message: SlackMessage): Promise<SendOutcome> => {
    const { outcome, channel, ts } = await call("chat.postMessage", { channel: bot.channel, ...message });
    const thread = channel === undefined || ts === undefined ? undefined : `${channel} ${ts}`;
    return outcome.kind === "delivered" ? { kind: "delivered", thread } : outcome;
  };
  return {
    name,
    type: "slack",
    render: (notice) => JSON.stringify(renderBotBody(notice)),
    send: async ({ body, thread }) => {
      const { message, reply, isLoud } = JSON.parse(body) as BotBody;
      const [channel, ts] = (thread ?? "").split(" ");
      if (ts === undefined) return post(message);
      const edited = await call("chat.update", { channel, ts, ...message });
      // A person removed the message.
      if (edited.error === "message_not_found") return post(message);
      if (edited.outcome.kind !== "delivered") return edited.outcome;
      // After a failure both are repeated: to edit twice changes nothing.
      const replied = await call("chat.postMessage", {
        channel,
        thread_ts: ts,
        text: reply,
        reply_broadcast: isLoud,
      });
      return replied.outcome;
    },
  };
}

function renderBotBody(notice: Notice): BotBody {
  const words = textOfNotice(notice);
  const started = Math.min(...notice.alerts.map(({ startsAt }) => startsAt));
  const line = `${words.title} (${durationText(notice.at - started)} after it began)`;
  return {
    message: renderSlackMessage(words),
    reply: escapeSlack(line, 1_000),
    isLoud: notice.reason === "repeat" || notice.reason === "resolved",
  };
}

interface SlackAnswer {
  readonly outcome: SendOutcome;
  readonly error?: string | undefined;
  readonly channel?: string | undefined;
  readonly ts?: string | undefined;
}

/** Errors of Slack's methods that pass (https://docs.slack.dev/reference/methods/chat.postMessage, "Errors"). */
const PASSING: ReadonlySet<string> = new Set([
  "ratelimited",
  "rate_limited",
  "message_limit_exceeded",
  "internal_error",
  "fatal_error",
  "request_timeout",
  "service_unavailable",
  "team_added_to_org",
]);

/** Slack answers 200 with `{ ok: false, error }`, too. */
function readSlackAnswer(answer: SafeAnswer, now: number): SlackAnswer {
  const outcome = outcomeOf(answer, now);
  if (answer.kind === "failed" || outcome.kind !== "delivered") return { outcome };
  const { ok, error, channel, ts } = parseAnswer(answer.text);
  if (ok === true) return { outcome, channel: textOrNone(channel), ts: textOrNone(ts) };
  if (typeof error !== "string")
    return { outcome: { kind: "retry", reason: "It answered 200 without saying that it took the message." } };
  const reason = describeAnswer({ ...answer, text: error });
  return {
    outcome: PASSING.has(error) ? retryOf(answer, now, reason) : { kind: "refused", reason },
    error,
  };
}

function parseAnswer(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w.-]{1,100}$/.test(value) ? value : undefined;
}
