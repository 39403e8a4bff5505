import type { AlertDuration } from "@rumkit/protocol";
import type { Secret } from "../base/secret.ts";

/** The options of a service that people read. A secret is a text, `{ env: "NAME" }` or `{ file: "/path" }`. */
export type ReceiverOptions =
  | WebhookOptions
  | SlackOptions
  | EmailOptions
  | SmsOptions
  | PagerDutyOptions
  | TeamsOptions
  | DiscordOptions
  | AlertmanagerOptions;

/** Alertmanager's body version 4, with more fields. */
export interface WebhookOptions {
  readonly type: "webhook";
  readonly url: Secret;
  /** Secrets of Standard Webhooks: `whsec_…` for `v1`, `whsk_…` for `v1a`. Two while one is replaced. Default: not signed. */
  readonly secrets?: readonly Secret[] | undefined;
  /** The value of `Authorization`. Default none. */
  readonly authorization?: Secret | undefined;
}

/** An incoming webhook, or a bot: with a bot each episode is one message that is edited, and a thread. */
export interface SlackOptions {
  readonly type: "slack";
  /** The address of an incoming webhook. Instead of `token` and `channel`. */
  readonly url?: Secret | undefined;
  /** A bot's token, `xoxb-…`. */
  readonly token?: Secret | undefined;
  /** The id of the bot's channel: `C0123456789`. */
  readonly channel?: string | undefined;
  /** The address of a bot's API. Default `https://slack.com/api`. */
  readonly apiUrl?: string | undefined;
}

export interface EmailOptions {
  readonly type: "email";
  /** `smtps://user:password@smtp.example:465`, or `smtp://…` with STARTTLS. */
  readonly server: Secret;
  readonly from: string;
  readonly to: readonly string[];
}

/** Twilio's API. */
export interface SmsOptions {
  readonly type: "sms";
  readonly accountSid: string;
  readonly authToken: Secret;
  /** A number in E.164 form (`+15551234567`), the name of a sender, or the id of a messaging service (`MG…`). */
  readonly from: string;
  /** Numbers in E.164 form. */
  readonly to: readonly string[];
  /** Default `https://api.twilio.com`. */
  readonly apiUrl?: string | undefined;
}

/** Events API v2. */
export interface PagerDutyOptions {
  readonly type: "pagerduty";
  readonly routingKey: Secret;
  /** Sends a change event for each release, too. Default false. */
  readonly releases?: boolean | undefined;
  /** Default `https://events.pagerduty.com`. */
  readonly apiUrl?: string | undefined;
}

export interface TeamsOptions {
  readonly type: "teams";
  readonly url: Secret;
}

export interface DiscordOptions {
  readonly type: "discord";
  readonly url: Secret;
}

/** API v2: it groups, silences and notifies then. Alerts are sent again at regular times, as its clients must. */
export interface AlertmanagerOptions {
  readonly type: "alertmanager";
  readonly url: Secret;
  readonly authorization?: Secret | undefined;
  /** The time after which alerts are sent again. Default `"1m"`. */
  readonly resendAfter?: AlertDuration | undefined;
}
