/** The receivers over HTTP that one suite tests. */
import {
  testedAlertmanager,
  testedDiscord,
  testedPagerDuty,
  testedSms,
  testedTeams,
} from "./testedServices.ts";
import { testedSlackBot, testedSlackWebhook } from "./testedSlack.ts";
import type { TestedReceiver } from "./testedReceiver.ts";
import { testedWebhook } from "./testedWebhook.ts";

export { HIDDEN, type TestedReceiver } from "./testedReceiver.ts";

export const RECEIVERS: readonly TestedReceiver[] = [
  testedWebhook,
  testedSlackWebhook,
  testedSlackBot,
  testedSms,
  testedPagerDuty,
  testedTeams,
  testedDiscord,
  testedAlertmanager,
];
