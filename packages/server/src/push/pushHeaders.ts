import type { ReceiverParts } from "../receivers/receiverParts.ts";
import type { SecretText } from "../receivers/secretText.ts";
import type { RemoteWriteOptions } from "./remoteWriteOptions.ts";

/** Reads the credentials and the further headers of the options. Returns them for one request. */
export function createPushHeaders(
  { basicAuth, bearerToken, headers = {} }: RemoteWriteOptions,
  { read, protect }: Pick<ReceiverParts, "protect" | "read">,
): () => Record<string, string> {
  const secrets: [name: string, value: SecretText][] = Object.entries(headers).map(([name, value]) => [
    name,
    read(value),
  ]);
  if (bearerToken !== undefined) {
    secrets.push(["authorization", protect(`Bearer ${read(bearerToken).reveal()}`)]);
  }
  if (basicAuth) {
    const credentials = `${read(basicAuth.username).reveal()}:${read(basicAuth.password).reveal()}`;
    secrets.push(["authorization", protect(`Basic ${Buffer.from(credentials).toString("base64")}`)]);
  }
  return () => Object.fromEntries(secrets.map(([name, value]) => [name, value.reveal()]));
}
