import type { Alert } from "../alerts/alert.ts";
import { type Check, object, oneOf, required } from "../base/shape.ts";
import { secondsOf } from "../catalog/alertDefaults.ts";
import { checkWindow } from "../catalog/lintDuration.ts";
import type { Receiver } from "../notices/receiver.ts";
import { cleanLine, cleanLines } from "./cleanText.ts";
import { cutText } from "./cutText.ts";
import { safeLink, textOfAlert } from "./noticeText.ts";
import { headerFault, type OptionChecks, secretThat } from "./optionChecks.ts";
import { outcomeOf } from "./outcomes.ts";
import { isoText } from "./quantityText.ts";
import type { AlertmanagerOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";

/** Prometheus sends firing alerts again each minute (`--rules.alert.resend-delay`). */
const RESEND_AFTER = "1m";

/** Alertmanager ends an alert that it did not hear of for 5 minutes (`resolve_timeout`). */
const MAX_RESEND_SECONDS = 240;

/** The intervals after which a firing alert ends that is not sent again: Prometheus takes four. */
const INTERVALS = 4;

/** Bounds of texts. Alertmanager has none: they keep its own messages short. */
const MAX = { label: 200, text: 1_000, labels: 30 };

export function checkAlertmanager({ secretUrl }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["alertmanager"]),
      url: required(secretUrl, 'its address, e.g. "http://alertmanager:9093"'),
      authorization: secretThat(headerFault),
      resendAfter: (value, path, faults) => {
        const before = faults.found.length;
        checkWindow(value, path, faults);
        if (faults.found.length > before || faults.isFull) return;
        if (secondsOf(value as `${number}s`) > MAX_RESEND_SECONDS)
          faults.add(
            path,
            'is longer than "4m". Alertmanager ends an alert that it does not hear of for 5 minutes.',
          );
      },
    },
    { example: '{ type: "alertmanager", url: "http://alertmanager:9093" }' },
  );
}

/** Sends alerts as Prometheus does (API v2). Alertmanager groups, silences and routes them. */
export function createAlertmanager(
  name: string,
  options: AlertmanagerOptions,
  parts: ReceiverParts,
): Receiver {
  const url = parts.read(options.url);
  const authorization = options.authorization && parts.read(options.authorization);
  const everyMs = secondsOf(options.resendAfter ?? RESEND_AFTER) * 1_000;
  return {
    name,
    type: "alertmanager",
    // Without an end: this text may be sent much later, when an end of today would have passed.
    render: ({ alerts, at }) => render(alerts, at, undefined),
    refresh: {
      everyMs,
      render: (alerts) => render(alerts, parts.now(), parts.now() + INTERVALS * everyMs),
    },
    send: async ({ body }) => {
      const answer = await parts.post({
        url: placeOf(url.reveal()),
        body,
        headers: {
          "content-type": "application/json",
          ...(authorization && { authorization: authorization.reveal() }),
        },
      });
      return outcomeOf(answer, parts.now());
    },
  };
}

/** Keeps a prefix of its route (`--web.route-prefix`), and a query. */
function placeOf(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return url.href;
}

/** @param end The end of firing alerts that are not sent again. Default Alertmanager's `resolve_timeout`. */
function render(alerts: readonly Alert[], at: number, end: number | undefined): string {
  const shown = alerts.filter(({ state }) => state !== "pending");
  return JSON.stringify(shown.map((alert) => postable(alert, at, end)));
}

function postable(alert: Alert, at: number, end: number | undefined): object {
  const { summary, description, value } = textOfAlert(alert, at);
  const { links, startsAt, endsAt = end, release } = alert;
  const live = safeLink(links.live);
  const annotations = {
    summary,
    description,
    value,
    release: cleanLine(release ?? ""),
    runbook_url: safeLink(links.runbook) ?? "",
    dashboard_url: safeLink(links.board) ?? "",
  };
  return {
    labels: labelsOf(alert),
    annotations: Object.fromEntries(
      Object.entries(annotations)
        .filter(([, text]) => text !== "")
        .map(([name, text]) => [name, cutText(text, MAX.text)]),
    ),
    startsAt: isoText(startsAt),
    ...(endsAt !== undefined && { endsAt: isoText(endsAt) }),
    ...(live !== undefined && { generatorURL: live }),
  };
}

/** An alert is its labels: they are the same when it fires and when it ends. Names are those of Prometheus. */
function labelsOf({ name, labels }: Alert): Record<string, string> {
  const entries = Object.entries({ ...labels, alertname: cleanLine(name) || "Alert" })
    .slice(-MAX.labels)
    .map(([label, value]) => [
      cutText(label.slice(0, MAX.label).replace(/^(?=\d)|\W/g, "_"), MAX.label, { mark: "" }),
      cutText(cleanLines(value.slice(0, MAX.label * 2)), MAX.label),
    ]);
  return Object.fromEntries(entries.filter(([label, value]) => label !== "" && value !== "")) as Record<
    string,
    string
  >;
}
