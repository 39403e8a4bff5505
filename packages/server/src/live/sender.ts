import { createHash } from "node:crypto";
import { senderText, SENDER_DIGITS } from "@rumkit/protocol";

/**
 * Returns the digest by which a page recognizes events of the session that it knows. Without the session's random id it says
 * nothing, and it is another one at another time, so viewers cannot follow a session.
 */
export function digestOfSender(session: string, at: number): string {
  return createHash("sha256").update(senderText(session, at)).digest("hex").slice(0, SENDER_DIGITS);
}
