import { checkSecret, readSecret, type Secret } from "../base/secret.ts";
import { type Check, mustBe } from "../base/shape.ts";
import { type AddressPolicy, createAddressPolicy } from "./addressPolicy.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import { urlFault } from "./receiverUrl.ts";

/** Returns the fault of a text as the rest of a sentence, which does not repeat the text; undefined if it is valid. */
export type TextRule = (text: string) => string | undefined;

/** Checks that depend on the allowed addresses. */
export interface OptionChecks {
  readonly policy: AddressPolicy;
  /** A secret URL that may be connected to. */
  readonly secretUrl: Check;
  /** A URL that is not a secret. */
  readonly url: Check;
}

export function createOptionChecks({ allowPrivateAddresses, addressOption }: ReceiverContext): OptionChecks {
  const policy = createAddressPolicy(allowPrivateAddresses, addressOption);
  const rule: TextRule = (text) => urlFault(text, policy);
  return {
    policy,
    secretUrl: secretThat(rule),
    url: (value, path, faults) => {
      if (typeof value !== "string")
        return faults.add(path, mustBe("a URL that begins with https://", value));
      const fault = rule(value);
      if (fault !== undefined) faults.add(path, fault);
    },
  };
}

/** Returns a check of a secret that obeys a rule. No fault repeats it. */
export function secretThat(rule: TextRule): Check {
  return (value, path, faults) => {
    const before = faults.found.length;
    checkSecret(value, path, faults);
    if (faults.found.length > before || faults.isFull) return;
    const fault = rule(readSecret(value as Secret));
    if (fault !== undefined) faults.add(path, fault);
  };
}

/** Returns the fault of the value of a header, which must not end it. */
export function headerFault(text: string): string | undefined {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text)
    ? undefined
    : "has a character that a header cannot have.";
}
