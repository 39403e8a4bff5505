import { type Check, Faults, isObject, oneOf } from "../base/shape.ts";
import type { ReceiverType } from "../notices/receiver.ts";
import { checkAlertmanager, createAlertmanager } from "./alertmanager.ts";
import { checkDiscord, createDiscord } from "./discord.ts";
import { checkEmail, createEmail } from "./email.ts";
import { createOptionChecks, type OptionChecks } from "./optionChecks.ts";
import { checkPagerDuty, createPagerDuty, type ReleaseReceiver } from "./pagerduty.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import type { ReceiverOptions } from "./receiverOptions.ts";
import { createReceiverParts, type ReceiverParts } from "./receiverParts.ts";
import { checkSlack, createSlack } from "./slack.ts";
import { checkSms, createSms } from "./sms.ts";
import { checkTeams, createTeams } from "./teams.ts";
import { checkWebhook, createWebhook } from "./webhook.ts";

interface ReceiverKind {
  readonly check: (checks: OptionChecks) => Check;
  // Each entry takes the options of one type, which the table's key says.
  readonly create: (name: string, options: never, parts: ReceiverParts) => ReleaseReceiver;
}

const KINDS: Readonly<Record<ReceiverType, ReceiverKind>> = {
  webhook: { check: checkWebhook, create: createWebhook },
  slack: { check: checkSlack, create: createSlack },
  email: { check: checkEmail, create: createEmail },
  sms: { check: checkSms, create: createSms },
  pagerduty: { check: checkPagerDuty, create: createPagerDuty },
  teams: { check: checkTeams, create: createTeams },
  discord: { check: checkDiscord, create: createDiscord },
  alertmanager: { check: checkAlertmanager, create: createAlertmanager },
};

/** Names of services that people know them by. */
const SYNONYMS = { mail: "email", smtp: "email", twilio: "sms", msteams: "teams", http: "webhook" };

/**
 * Returns a check of the options of one receiver: unknown keys, secrets that cannot be read, URLs that must not be
 * connected to. No fault repeats a secret.
 */
export function checkReceiver(context: ReceiverContext = {}): Check {
  const checks = createOptionChecks(context);
  const types = Object.keys(KINDS);
  const checkType = oneOf(types, SYNONYMS);
  return (value, path, faults) => {
    if (!isObject(value))
      return faults.add(path, 'must be an object, e.g. { type: "slack", url: { env: "SLACK_URL" } }.');
    const { type } = value;
    if (typeof type === "string" && Object.hasOwn(KINDS, type))
      KINDS[type as ReceiverType].check(checks)(value, path, faults);
    else if (type === undefined)
      faults.add([...path, "type"], `is required: one of ${types.join(", ")}.`, path);
    else checkType(type, [...path, "type"], faults);
  };
}

/** A receiver with options that it cannot work with. The message never contains a secret. */
export class ReceiverError extends TypeError {
  override readonly name = "ReceiverError";
}

/**
 * Creates a receiver, and reads its secrets.
 *
 * @throws {ReceiverError} The options are invalid: `[rumkit] alerts.receivers.oncall.routingKey names the variable …`.
 */
export function createReceiver(
  name: string,
  options: ReceiverOptions,
  context: ReceiverContext = {},
): ReleaseReceiver {
  const faults = new Faults("the options");
  checkReceiver(context)(options, ["alerts", "receivers", name], faults);
  if (faults.found.length > 0)
    throw new ReceiverError(`[rumkit] ${faults.found.map(({ text }) => text).join("\n")}`);
  return KINDS[options.type].create(name, options as never, createReceiverParts(context));
}
