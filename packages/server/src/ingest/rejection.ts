import type { EventRejection } from "@rumkit/protocol";

/**
 * Why one event is not counted, with a sentence that says what would be right.
 *
 * A class, so that it is told by what made it. To ask an event for a property takes V8 as long as reading the
 * event: no two types of events have the same shape.
 */
export class Rejection {
  readonly code: EventRejection;
  readonly message: string;
  /** No object that only looks like one passes for it. */
  declare private readonly brand: never;

  constructor(code: EventRejection, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** Tells a rejection from what was asked for. */
export function isRejection(value: object): value is Rejection {
  return value instanceof Rejection;
}
