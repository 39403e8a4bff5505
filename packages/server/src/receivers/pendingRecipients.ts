import type { Delivery, SendOutcome } from "../notices/receiver.ts";

/** The recipients of an attempt: those that have not got the notice, as far as the options still have them. */
export function recipientsOf(
  { pending }: Pick<Delivery, "pending">,
  all: readonly string[],
): readonly string[] {
  return pending === undefined ? all : all.filter((recipient) => pending.includes(recipient));
}

/** The outcome of a notice whose recipients the options do not have any more. */
export const NO_RECIPIENTS: SendOutcome = {
  kind: "refused",
  reason: "The options name none of the recipients that are left.",
};
