import type { EventRejection } from "@rumkit/protocol";

/**
 * The reason why one event is not counted, with a message that gives the fault and its remedy.
 *
 * The message is built when it is read. Production reads only the code, so a refused event costs no more than a
 * counted one.
 *
 * A class, because `instanceof` recognizes it cheaply. Checking an event for a property takes V8 as long as reading the
 * event, since every type of event has another shape.
 */
export class Rejection<Code extends string = EventRejection> {
  readonly code: Code;
  /** A separate message that suggests a replacement for an unknown name. */
  readonly hint: (() => string) | undefined;
  readonly #explain: string | (() => string);

  /** @param explain The message, or a function that builds it at each reading. */
  constructor(code: Code, explain: string | (() => string), hint?: () => string) {
    this.code = code;
    this.hint = hint;
    this.#explain = explain;
  }

  get message(): string {
    return typeof this.#explain === "string" ? this.#explain : this.#explain();
  }
}

/** True for a rejection, false for the wanted value. */
export function isRejection(value: object): value is Rejection<string> {
  return value instanceof Rejection;
}
