import type { Access } from "./access.ts";
import type { AccessOptions } from "./accessOptions.ts";
import { createSecretSet } from "./secretSet.ts";

/** Returns the name of the service that has the secret; undefined for an unknown secret. */
export type CheckSecret = (secret: string | undefined) => string | undefined;

/** The options that hold secrets of services. */
export interface SecretOptions {
  readonly access?: AccessOptions;
  readonly ingestTokens?: readonly string[];
}

/**
 * Returns undefined if no service has a secret: then no service may report. Throws a TypeError for a secret that is
 * easy to guess.
 */
export function createSecretCheck(
  { access: { secretKeys = [] } = {}, ingestTokens = [] }: SecretOptions,
  access: Pick<Access, "checkSecretKey"> | undefined,
): CheckSecret | undefined {
  if (secretKeys.length + ingestTokens.length === 0) return undefined;
  const tokens = createSecretSet(
    ingestTokens.map((secret, index) => ({ name: `ingestTokens[${index}]`, secret })),
  );
  return (secret) =>
    access?.checkSecretKey(secret) ?? (secret === undefined ? undefined : tokens.find(secret)?.name);
}
