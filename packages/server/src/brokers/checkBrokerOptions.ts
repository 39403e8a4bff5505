import type { BrokerOptions } from "./brokerOptions.ts";

const SCHEME = /^([a-z]+):\/\/[^\s/]/;
const APP = /^[\w-]{1,64}$/;

/** Numbers of the options with the lowest and the highest that is allowed. */
const RANGES = {
  partitions: [1, 1_024],
  duplicateWindowMs: [100, 86_400_000],
  retentionMs: [1_000, 31_536_000_000],
  maxBytes: [65_536, Number.MAX_SAFE_INTEGER],
  replicas: [1, 5],
  answerMs: [10, 600_000],
  longestOutageMs: [0, 31_536_000_000],
} as const satisfies Partial<Record<keyof BrokerOptions, readonly [number, number]>>;

/**
 * Returns the scheme of the URL. Throws a `TypeError` that names the option.
 *
 * @param schemes Those that have a driver.
 */
export function checkBrokerOptions(options: BrokerOptions, schemes: readonly string[]): string {
  const { url, app } = options;
  const [, scheme = ""] = SCHEME.exec(url) ?? [];
  // The address is not repeated: it may hold a password.
  if (!schemes.includes(scheme))
    fail("url", `must begin with one of ${schemes.map((name) => `${name}://`).join(", ")}`);
  if (!isAddress(url, scheme))
    fail("url", "is not an address. Percent-encode special characters of its user and password: %40 for @");
  if (typeof app !== "string" || !APP.test(app)) fail("app", 'must be 1 to 64 letters, digits, "-" and "_"');
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = options[name as keyof typeof RANGES];
    const isGood = value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most);
    if (!isGood) fail(name, `must be an integer from ${least} to ${most}`);
  }
  if ((options.duplicateWindowMs ?? 0) > (options.retentionMs ?? Infinity))
    fail("duplicateWindowMs", "must not be longer than retentionMs");
  return scheme;
}

/** The clients name an address that they cannot read, with the password in it: it must not come that far. */
function isAddress(url: string, scheme: string): boolean {
  const isList = !scheme.startsWith("redis");
  const servers = isList ? url.slice(scheme.length + 3).split(",") : [url.slice(scheme.length + 3)];
  return servers.every((server) => {
    const parsed = URL.parse(`${scheme}://${server.replace(/^[a-z]+:\/\//, "")}`);
    // Of redis:// the client reads the last @.
    const isClear = !isList || server.split("@").length <= 2;
    return parsed !== null && isClear && isEncoded(parsed.username) && isEncoded(parsed.password);
  });
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function fail(name: string, rest: string): never {
  throw new TypeError(`[rumkit] openBroker: ${name} ${rest}.`);
}
