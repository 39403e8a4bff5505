import type { ActionOptions } from "../actions/actionOptions.ts";
import type { AlertChange } from "../alerts/alert.ts";
import type { NoticeOptions } from "../notices/noticeOptions.ts";
import type { ReceiverOptions } from "../receivers/receiverOptions.ts";

/** The option `alerts` of a collector: who learns of alerts, and which actions they request. */
export interface AlertsOptions extends NoticeOptions {
  /** The services that people read, by name. Default none: alerts are shown on the live page alone. */
  readonly receivers?: Readonly<Record<string, ReceiverOptions>> | undefined;
  /** Addresses for the links of notices. Default: notices have no links. */
  readonly links?: AlertLinkOptions | undefined;
  /**
   * Networks to which receivers and actions may send, although they are private: `["10.0.0.0/8"]`. Loopback and the
   * addresses of cloud metadata are private, too. Default none.
   */
  readonly allowPrivateAddresses?: readonly string[] | undefined;
  /**
   * Called with each change of an alert, once it is kept. What it throws is reported as a warning of the process. It is
   * not called again after a crash: use an action or a receiver for what must not be lost.
   */
  readonly onAlert?: ((change: AlertChange) => void | Promise<void>) | undefined;
  /** The actions that alerts request, by name. Default none. */
  readonly actions?: Readonly<Record<string, ActionOptions>> | undefined;
}

/** Absolute http or https URLs. */
export interface AlertLinkOptions {
  /** The live page: `https://shop.example/realtime`. */
  readonly live?: string | undefined;
  /** Grafana with the generated boards. */
  readonly grafana?: string | undefined;
  /** The place of the runbooks of alerts about the collector. */
  readonly runbooks?: string | undefined;
}
