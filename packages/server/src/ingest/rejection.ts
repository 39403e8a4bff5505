import type { EventRejection } from "@rumkit/protocol";

/** Why one event is not counted, with a sentence that says what would be right. */
export interface Rejection {
  readonly code: EventRejection;
  readonly message: string;
}

/** Tells a rejection from what was asked for. */
export function isRejection(value: object): value is Rejection {
  return "code" in value;
}
