import { readSecret, type Secret } from "../base/secret.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import { createRedactor, type Redact } from "./redactor.ts";
import { createSafePost, type SafePost } from "./safeHttp.ts";
import { SecretText } from "./secretText.ts";

/** Shared by the parts of one receiver: its secrets, the clock, and requests. */
export interface ReceiverParts {
  readonly now: () => number;
  /** Posts. The answer has no secret of the receiver. */
  readonly post: SafePost;
  readonly redact: Redact;
  readonly context: ReceiverContext;
  /** Reads a secret of options that were checked. */
  read(secret: Secret): SecretText;
  /** Makes a text a secret that was derived from one, such as a header. */
  protect(text: string): SecretText;
}

export function createReceiverParts(context: ReceiverContext): ReceiverParts {
  const secrets: SecretText[] = [];
  const redact = createRedactor(secrets);
  const safePost = createSafePost(context);
  const protect = (text: string): SecretText => {
    const secret = new SecretText(text);
    secrets.push(secret);
    return secret;
  };
  return {
    now: context.now ?? Date.now,
    post: async (request) => {
      const answer = await safePost(request);
      // Before it is shortened, which would leave a part of a secret.
      return answer.kind === "failed" ? answer : { ...answer, text: redact(answer.text) };
    },
    redact,
    context,
    read: (secret) => protect(readSecret(secret)),
    protect,
  };
}
