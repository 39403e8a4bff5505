import { secondsOf } from "../catalog/alertDefaults.ts";
import type { Alert } from "../alerts/alert.ts";
import type { ReceiverContext } from "../receivers/receiverContext.ts";
import { createReceiverParts } from "../receivers/receiverParts.ts";
import { createWebhookSigner } from "../receivers/signWebhook.ts";
import type { ActionOptions } from "./actionOptions.ts";
import { createActionRun } from "./actionRequest.ts";
import type { ActionRule } from "./actions.ts";

/** The options of actions by name, and what turns matchers into a test. */
export interface RulesOptions {
  readonly actions: Readonly<Record<string, ActionOptions>>;
  readonly context: ReceiverContext;
  readonly createMatch: (matchers: readonly string[]) => (alert: Alert) => boolean;
}

/** Creates the actions of options that were checked, and reads their secrets. */
export function createRules({ actions, context, createMatch }: RulesOptions): ActionRule[] {
  return Object.entries(actions).map(([name, options]) => {
    const { match, approvals = 1, expiresAfter = "1h", cooldown = "30m", verifyAfter = "10m" } = options;
    const parts = createReceiverParts(context);
    const authorization = options.authorization === undefined ? undefined : parts.read(options.authorization);
    return {
      name,
      matches: createMatch(match),
      approvals,
      expiresAfterMs: secondsOf(expiresAfter) * 1_000,
      cooldownMs: secondsOf(cooldown) * 1_000,
      verifyAfterMs: secondsOf(verifyAfter) * 1_000,
      run: createActionRun({
        url: parts.read(options.url).reveal(),
        authorization: authorization?.reveal(),
        sign: createWebhookSigner(options.secret === undefined ? [] : [parts.read(options.secret)]),
        post: parts.post,
        now: parts.now,
      }),
    };
  });
}
