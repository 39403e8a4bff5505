import { type Check, list, object, required } from "../base/shape.ts";
import { checkDuration, checkWindow } from "../catalog/lintDuration.ts";
import { createOptionChecks, headerFault, secretThat } from "../receivers/optionChecks.ts";
import type { ReceiverContext } from "../receivers/receiverContext.ts";
import { signingKeyFault } from "../receivers/signWebhook.ts";

const MATCH = '["alertname=ShopFastPagesMissed"]';

/** Returns a check of the options of one action. No fault repeats a secret. */
export function checkAction(context: ReceiverContext, checkMatcher: Check): Check {
  const { secretUrl } = createOptionChecks(context);
  return object(
    {
      match: required(list(checkMatcher, { example: MATCH, least: 1 }), `the alerts, e.g. ${MATCH}`),
      url: required(secretUrl, 'the address, e.g. { env: "ROLLBACK_URL" }'),
      secret: secretThat(signingKeyFault),
      authorization: secretThat(headerFault),
      approvals: checkApprovals,
      expiresAfter: checkWindow,
      cooldown: checkDuration,
      verifyAfter: checkWindow,
    },
    { example: `{ match: ${MATCH}, url: { env: "ROLLBACK_URL" } }` },
  );
}

const checkApprovals: Check = (value, path, faults) => {
  if (value === 0 || value === 1 || value === 2) return;
  faults.add(path, "must be 0, 1 or 2: the number of people who must approve it.");
};

/** The name of an action is a part of its id, and of a path of the API. */
export const checkActionName: Check = (value, path, faults) => {
  if (typeof value === "string" && /^[a-z][\w-]{0,39}$/i.test(value)) return;
  faults.add(path, 'is not a name: up to 40 letters, digits, "-" and "_", the first one a letter.');
};
