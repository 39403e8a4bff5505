import type { EventRejection } from "@rumkit/protocol";

/**
 * Why one event is not counted, with a sentence that says what would be right.
 *
 * The sentence is made when it is read. In production only the code is, so a refused event costs no more than one
 * that is counted.
 *
 * A class, so that it is told by what made it. To ask an event for a property takes V8 as long as reading the
 * event: no two types of events have the same shape.
 */
export class Rejection<Code extends string = EventRejection> {
  readonly code: Code;
  /** What to write instead of an unknown name, as a sentence of its own. */
  readonly hint: (() => string) | undefined;
  readonly #explain: string | (() => string);

  /** @param explain The sentence, or what makes it. It is made once for each reading. */
  constructor(code: Code, explain: string | (() => string), hint?: () => string) {
    this.code = code;
    this.hint = hint;
    this.#explain = explain;
  }

  get message(): string {
    return typeof this.#explain === "string" ? this.#explain : this.#explain();
  }
}

/** Tells a rejection from what was asked for. */
export function isRejection(value: object): value is Rejection<string> {
  return value instanceof Rejection;
}
