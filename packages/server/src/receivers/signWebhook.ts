import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { SecretText } from "./secretText.ts";

/** Bytes of a secret of HMAC-SHA256 (Standard Webhooks 1.0.0, "Secret"). */
const SECRET_BYTES = { least: 24, most: 64 };

/** An ed25519 seed in PKCS #8 (RFC 8410, section 7) is this prefix and 32 bytes. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** Returns the fault of a signing key, as a sentence that does not repeat it; undefined if it is valid. */
export function signingKeyFault(text: string): string | undefined {
  const [, kind, encoded = ""] = /^(whsec_|whsk_)([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  if (kind === undefined) return "must begin with whsec_ (HMAC) or whsk_ (ed25519), followed by base64.";
  const { length } = Buffer.from(encoded, "base64");
  if (kind === "whsk_")
    return length === 32 || length === 64 ? undefined : "must have 32 or 64 bytes after whsk_.";
  const { least, most } = SECRET_BYTES;
  return length >= least && length <= most ? undefined : `must have ${least} to ${most} bytes after whsec_.`;
}

/** The headers of Standard Webhooks 1.0.0 for one attempt. */
export type SignWebhook = (id: string, at: number, body: string) => Record<string, string>;

/** Returns a function that signs with every key: `v1` for `whsec_`, `v1a` for `whsk_`. */
export function createWebhookSigner(keys: readonly SecretText[]): SignWebhook {
  const signers = keys.map((key) => createSigner(key.reveal()));
  return (id, at, body) => {
    const timestamp = String(Math.floor(at / 1_000));
    const content = `${id}.${timestamp}.${body}`;
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      ...(signers.length > 0 && {
        "webhook-signature": signers.map((signContent) => signContent(content)).join(" "),
      }),
    };
  };
}

function createSigner(key: string): (content: string) => string {
  const bytes = Buffer.from(key.slice(key.indexOf("_") + 1), "base64");
  if (key.startsWith("whsec_"))
    return (content) => `v1,${createHmac("sha256", bytes).update(content).digest("base64")}`;
  const privateKey: KeyObject = createPrivateKey({
    // Of 64 bytes the second half is the public key.
    key: Buffer.concat([PKCS8_PREFIX, bytes.subarray(0, 32)]),
    format: "der",
    type: "pkcs8",
  });
  return (content) => `v1a,${sign(null, Buffer.from(content), privateKey).toString("base64")}`;
}
