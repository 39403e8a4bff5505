/** The receivers over HTTP that one suite tests. */
import { testedSlackBot, testedSlackWebhook } from "./testedSlack.ts";
import type { TestedReceiver } from "./testedReceiver.ts";
import { testedWebhook } from "./testedWebhook.ts";

export { HIDDEN, type TestedReceiver } from "./testedReceiver.ts";

export const RECEIVERS: readonly TestedReceiver[] = [testedWebhook, testedSlackWebhook, testedSlackBot];
