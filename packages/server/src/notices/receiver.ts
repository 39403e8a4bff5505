import type { Alert } from "../alerts/alert.ts";
import type { Notice } from "./notice.ts";

/** A service that people read: one file each, behind this interface. */
export interface Receiver {
  /** The name of the receiver in the options: `oncall`. */
  readonly name: string;
  readonly type: ReceiverType;
  /**
   * Renders a notice: JSON or text that is kept in the queue, within the service's limits. Pure, and without secrets.
   * Returns undefined if the service needs no message for this notice.
   */
  render(notice: Notice): string | undefined;
  /**
   * True if a second message would disturb more than a lost one (SMS): an attempt that a crash interrupts is not repeated.
   * Default false.
   */
  readonly isAtMostOnce?: boolean;
  /** True if each recipient has a separate message, so that `send` calls `left` before each. Default false. */
  readonly isPerRecipient?: boolean;
  /** Sends a rendered notice once. Never throws, and ends within its timeout. */
  send(delivery: Delivery): Promise<SendOutcome>;
  /**
   * Services that forget an alert unless they hear of it again (Alertmanager): renders all alerts that fire or have just
   * ended, each `everyMs`. Sent outside of the queue; a newer refresh replaces one that failed.
   */
  readonly refresh?: {
    readonly everyMs: number;
    render(alerts: readonly Alert[]): string;
  };
}

export type ReceiverType =
  | "webhook"
  | "slack"
  | "email"
  | "sms"
  | "pagerduty"
  | "teams"
  | "discord"
  | "alertmanager";

/** A rendered notice on its way. */
export interface Delivery {
  /** The notice's id: the idempotency key. */
  readonly id: string;
  readonly episode: string;
  /** The result of `render`. */
  readonly body: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The `thread` that the first delivery of this episode returned; undefined for the first. */
  readonly thread: string | undefined;
  /** The recipients that have not got it; undefined: none has. */
  readonly pending?: readonly string[] | undefined;
  /**
   * Call it before each message with the recipients that are left after it: resolves when that is durable, so that a process
   * that is killed neither repeats nor loses one.
   */
  readonly left?: ((recipients: readonly string[]) => Promise<void>) | undefined;
}

/** The result of one attempt. A reason never contains a secret, nor text of the answer beyond 200 characters. */
export type SendOutcome =
  /** The service has it. `thread` is kept for the next notices of the episode. */
  | { readonly kind: "delivered"; readonly thread?: string | undefined }
  /** The service surely did not accept it. `afterMs`: its Retry-After. */
  | ({ readonly kind: "retry"; readonly reason: string; readonly afterMs?: number | undefined } & Pending)
  /** The service will never accept it: no retry. */
  | ({ readonly kind: "refused"; readonly reason: string } & Pending)
  /** It may have been accepted, and a second message would disturb: no retry. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** The service is gone (410): nothing is sent any more until the next start. */
  | { readonly kind: "disabled"; readonly reason: string };

interface Pending {
  /** The recipients that have not got it, if some have. */
  readonly pending?: readonly string[] | undefined;
}
