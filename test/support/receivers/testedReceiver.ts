import type { Notice, ReceiverOptions, SendOutcome } from "@rumkit/server/internal/testing";
import type { Answer, PeerRequest } from "./peer.ts";

/** A part of every secret of the tests. */
export const HIDDEN = /hidden/i;

/** A receiver over HTTP, and everything in which its service differs from the others. */
export interface TestedReceiver {
  readonly name: string;
  /** Its options, with the service at an origin. */
  options(origin: string): ReceiverOptions;
  /** The answer of a service that took the message. */
  readonly accepted: Answer;
  /** Outcomes that differ from those of most services, by the name of the case. */
  readonly outcomes?: Readonly<Record<string, SendOutcome["kind"]>>;
  /** Asserts what the service needs of a request. */
  expectRequest(request: PeerRequest): void;
  /** Asserts that a rendered notice is valid and within the limits of the service. */
  expectLimits(body: string, notice: Notice): void;
  /** Texts that a notice of one alert says. */
  readonly says: readonly string[];
  /** The secrets of its options. */
  secrets(options: ReceiverOptions): readonly (readonly [key: string, value: unknown])[];
  /** Secrets without which it can be created. */
  readonly optional?: readonly string[];
  /** The form of its secret in a request. Default the text itself. */
  readonly hasSecretInRequest?: RegExp;
}
