import { createHash } from "node:crypto";
import type { Moment } from "../alerts/alert.ts";
import { boolean, type Check, object, oneOf, required } from "../base/shape.ts";
import type { Notice } from "../notices/notice.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { cleanLine } from "./cleanText.ts";
import { cutText } from "./cutText.ts";
import { type AlertText, moreText, textOfNotice } from "./noticeText.ts";
import { type OptionChecks, secretThat } from "./optionChecks.ts";
import { outcomeOf } from "./outcomes.ts";
import { isoText } from "./quantityText.ts";
import type { PagerDutyOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";

const API_URL = "https://events.pagerduty.com";

/**
 * Limits of https://github.com/PagerDuty/api-schema, `reference/events-v2/openapiv3.json`: a summary has 1,024 characters,
 * a key 255, an event 512,000 bytes. 20 alerts of these texts are at most 400,000 bytes.
 */
const MAX = { summary: 1_024, key: 255, alerts: 20, description: 1_000, fact: 400, source: 200, links: 6 };

/** A release that pages report for the first time. */
export interface Release {
  readonly app: string;
  readonly release: string;
  readonly at: Moment;
  /** The live page. */
  readonly live?: string | undefined;
}

/** A receiver that can show releases beside alerts. */
export interface ReleaseReceiver extends Receiver {
  /** Sends a release once. Undefined if the options do not ask for releases. */
  readonly sendRelease?: ((release: Release) => Promise<SendOutcome>) | undefined;
}

export function checkPagerDuty({ url }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["pagerduty"]),
      routingKey: required(
        secretThat(routingKeyFault),
        'the integration key of a service, e.g. { env: "PAGERDUTY_KEY" }',
      ),
      releases: boolean,
      apiUrl: url,
    },
    { example: '{ type: "pagerduty", routingKey: { env: "PAGERDUTY_KEY" } }' },
  );
}

function routingKeyFault(key: string): string | undefined {
  return /^\w{32}$/.test(key)
    ? undefined
    : "is not the integration key of a service, which has 32 letters and digits.";
}

/** Opens an incident for each episode, and resolves it (Events API v2). */
export function createPagerDuty(
  name: string,
  options: PagerDutyOptions,
  parts: ReceiverParts,
): ReleaseReceiver {
  const key = parts.read(options.routingKey);
  const apiUrl = (options.apiUrl ?? API_URL).replace(/\/+$/, "");
  const post = async (path: string, event: object): Promise<SendOutcome> => {
    const answer = await parts.post({
      url: apiUrl + path,
      body: JSON.stringify({ routing_key: key.reveal(), ...event }),
      headers: { "content-type": "application/json" },
    });
    return outcomeOf(answer, parts.now());
  };
  return {
    name,
    type: "pagerduty",
    render: (notice) => JSON.stringify(renderEvent(notice)),
    send: ({ body }) => post("/v2/enqueue", JSON.parse(body) as object),
    ...(options.releases === true && {
      sendRelease: (release) => post("/v2/change/enqueue", renderChange(release)),
    }),
  };
}

function renderEvent(notice: Notice): object {
  const { title, note, level, alerts, leftOut } = textOfNotice(notice, MAX.alerts);
  const links = new Map(alerts.flatMap((alert) => alert.links).map(([text, href]) => [href, text]));
  return {
    event_action: notice.status === "resolved" ? "resolve" : "trigger",
    dedup_key: keyOf(notice.episode),
    payload: {
      summary: cutText(title, MAX.summary),
      source: cutText(cleanLine(notice.alerts[0]?.labels["app"] ?? "") || "rumkit", MAX.source),
      severity: level === "resolved" ? "info" : level,
      timestamp: isoText(notice.at),
      class: alerts[0]?.name.slice(0, MAX.source).toWellFormed(),
      custom_details: {
        ...(note !== "" && { note }),
        ...(leftOut > 0 && { more: moreText(leftOut) }),
        alerts: alerts.map(detailsOf),
      },
    },
    links: [...links].slice(0, MAX.links).map(([href, text]) => ({ href, text })),
    client: "rumkit",
  };
}

function detailsOf({ name, summary, description, facts }: AlertText): object {
  return {
    alert: cutText(name, MAX.fact),
    summary: cutText(summary, MAX.fact),
    description: cutText(description, MAX.description),
    ...Object.fromEntries(facts.map(([fact, text]) => [fact.toLowerCase(), cutText(text, MAX.fact)])),
  };
}

/** Short keys stay readable. */
function keyOf(episode: string): string {
  return episode.length <= MAX.key ? episode : createHash("sha256").update(episode).digest("hex");
}

/** A change event: https://developer.pagerduty.com/docs/send-change-event. */
function renderChange({ app, release, at, live }: Release): object {
  const summary = `${cleanLine(app)} ${cleanLine(release)} is live.`;
  return {
    payload: {
      summary: cutText(summary, MAX.summary),
      source: cutText(cleanLine(app), MAX.source),
      timestamp: isoText(at),
      custom_details: { release: cutText(cleanLine(release), MAX.fact) },
    },
    links: live === undefined ? [] : [{ href: live, text: "Live page" }],
  };
}
