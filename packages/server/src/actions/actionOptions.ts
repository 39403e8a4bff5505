import type { AlertDuration } from "@rumkit/protocol";
import type { Secret } from "../base/secret.ts";
import type { MatcherText } from "../notices/noticeOptions.ts";

/** A request that changes something because an alert fires: a rollback, more instances, a feature flag. */
export interface ActionOptions {
  /** The alerts that ask for it. All must match. At least one, because an action must not follow from every alert. */
  readonly match: readonly MatcherText[];
  /** The address to which it is sent, with `POST`. Each firing episode of an alert runs it once. */
  readonly url: Secret;
  /** The secret of its Standard Webhooks signature: `whsec_…`. Default: it is not signed. */
  readonly secret?: Secret | undefined;
  /** The value of `Authorization`. Default none. */
  readonly authorization?: Secret | undefined;
  /**
   * People who must approve it, each with a different token: 0, 1 or 2. Default 1. 2 needs `access`, because without it
   * people have no names that the collector can check.
   */
  readonly approvals?: 0 | 1 | 2 | undefined;
  /** The time in which people can approve it. Default `"1h"`. It ends earlier if the alert is resolved. */
  readonly expiresAfter?: AlertDuration | undefined;
  /** The time after a request in which no alert asks for it again. Default `"30m"`. */
  readonly cooldown?: AlertDuration | undefined;
  /** The time after it ran when the alert is looked at, to see if it helped. Default `"10m"`. */
  readonly verifyAfter?: AlertDuration | undefined;
}
