import type { Access } from "./access.ts";
import type { AccessOptions } from "./accessOptions.ts";
import { createSecretSet } from "./secretSet.ts";

/** The name of the service whose secret it is; undefined for one that nobody has. */
export type CheckSecret = (secret: string | undefined) => string | undefined;

/** What a collector is given of services' secrets. */
export interface SecretOptions {
  readonly access?: AccessOptions;
  readonly ingestTokens?: readonly string[];
}

/** Undefined where no service has a secret: then nobody may report. Throws a TypeError for one that could be guessed. */
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
