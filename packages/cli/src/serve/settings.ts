import type { RumkitConfig } from "./config.ts";
import { DEFAULT_RATES, MAX_REQUESTS_PER_SOCKET, SERVER_LIMITS } from "@rumkit/server/internal/serve";
import { DEFAULT_BUDGET } from "@rumkit/server/internal/metrics";
import { DEFAULT_QUOTA } from "@rumkit/server/internal/sourceMaps";

/** The form of a setting in the environment and as a flag. */
type SettingKind = "text" | "integer" | "limit" | "switch" | "list" | "secret" | "keys" | "file only";

export interface Setting {
  /**
   * The kind: a `switch` is true or false, a `limit` is an integer or false, a `list` is separated by commas, `keys`
   * are a list of `name=key`.
   */
  readonly kind: SettingKind;
  /** The value if no source sets it; undefined for none. */
  readonly default?: string | number | boolean | readonly [];
  /** The meaning in a few words, with the unit or the source of the default. */
  readonly help: string;
}

/** Every setting, in the order of the help. By the type, a setting without a row is a compile error. */
export const SETTINGS: Readonly<Record<keyof RumkitConfig, Setting>> = {
  catalog: {
    kind: "text",
    help: "module that exports the catalog; ./catalog.ts if it exists, else names are learned",
  },
  host: { kind: "text", default: "127.0.0.1", help: "name or address to listen on" },
  port: { kind: "integer", default: 4000, help: "TCP port, 0 for any that is free" },
  listenFd: { kind: "integer", help: "descriptor of a listening socket, instead of host and port" },
  allowedOrigins: { kind: "list", default: [], help: "origins whose pages may report" },
  allowedHosts: {
    kind: "list",
    default: [],
    help: "host names under which open metrics may be read, in addition to loopback",
  },
  writeKeys: { kind: "keys", default: [], help: "keys of pages, name=key" },
  secretKeys: { kind: "keys", default: [], help: "secrets of services, name=secret" },
  tokens: { kind: "file only", default: [], help: "secrets that give access to metrics, with their scopes" },
  metricsToken: { kind: "secret", help: "a token for /metrics" },
  liveToken: { kind: "secret", help: "a token for the live page" },
  adminToken: { kind: "secret", help: "a token for everything" },
  trustedProxies: { kind: "list", default: [], help: "trusted proxies (IP addresses or CIDRs)" },
  forwardedHeader: {
    kind: "text",
    default: "x-forwarded-for",
    help: "header with the client's address; or forwarded",
  },
  open: { kind: "list", default: [], help: "parts that need no key or token: collect, metrics, live" },
  environment: {
    kind: "text",
    help: "development returns detailed errors, production only codes; default by NODE_ENV, else by the host",
  },
  bots: { kind: "text", default: "apart", help: "events of bots: counted apart, or with all others (count)" },
  unknownNames: {
    kind: "text",
    default: "bounded",
    help: "names of services that the catalog lacks: bounded or refuse",
  },
  ratePerAddress: {
    kind: "limit",
    default: DEFAULT_RATES.perAddress.perSecond,
    help: "max requests per second per client and route (false: unlimited)",
  },
  burstPerAddress: {
    kind: "integer",
    default: DEFAULT_RATES.perAddress.burst,
    help: "max requests of a client at once",
  },
  ratePerApp: {
    kind: "limit",
    default: DEFAULT_RATES.perApp.perSecond,
    help: "max requests per second per route (false: unlimited)",
  },
  burstPerApp: {
    kind: "integer",
    default: DEFAULT_RATES.perApp.burst,
    help: "max requests at once",
  },
  seriesPerMetric: {
    kind: "integer",
    default: DEFAULT_BUDGET.perMetric,
    help: "series of a metric with open labels",
  },
  seriesPerSide: {
    kind: "integer",
    default: DEFAULT_BUDGET.perSide,
    help: "series of all such metrics of pages, of the backend, of the collector",
  },
  seriesPerProcess: { kind: "integer", default: DEFAULT_BUDGET.perProcess, help: "all series" },
  seriesIdleMs: {
    kind: "integer",
    default: DEFAULT_BUDGET.idleMs,
    help: "ms without a sample after which a series with open labels ends",
  },
  scrapeIntervalMs: {
    kind: "integer",
    help: "longest interval of scrapes in ms; default by the scraper's timeout",
  },
  release: { kind: "text", default: "unknown", help: "the app's release, shown in app_info" },
  journal: {
    kind: "text",
    default: "./rumkit.journal",
    help: "file that keeps the counts across restarts, or memory",
  },
  sourceMaps: { kind: "text", help: "folder of source maps for stack traces" },
  sourceMapsQuotaBytes: { kind: "integer", default: DEFAULT_QUOTA, help: "bytes of uploaded source maps" },
  sourceMapsContext: { kind: "switch", default: false, help: "show the source's line with each frame" },
  scrubPatterns: {
    kind: "file only",
    default: [],
    help: "regular expressions for more text to scrub",
  },
  scrubKeys: { kind: "list", default: [], help: "attribute keys whose values are scrubbed" },
  log: { kind: "text", default: "json", help: "json lines on the standard output, or none" },
  accessLog: {
    kind: "limit",
    default: false,
    help: "max log lines per second about answers, and as many about refusals (false: none)",
  },
  runtimeMetrics: { kind: "switch", default: true, help: "metrics of the process and its event loop" },
  readyJournalWaitMs: {
    kind: "integer",
    default: 5_000,
    help: "max ms that an entry waits for the disk before /readyz fails",
  },
  readyFreeBytes: {
    kind: "integer",
    default: 67_108_864,
    help: "free bytes on the disk below which /readyz fails",
  },
  drainDelayMs: { kind: "integer", default: 0, help: "ms between failing /readyz and closing the port" },
  drainTimeoutMs: { kind: "integer", default: 4_800, help: "max ms to finish after that" },
  restartDelayMs: {
    kind: "integer",
    default: 100,
    help: "ms before the supervisor restarts a dead worker",
  },
  headersTimeoutMs: {
    kind: "integer",
    default: SERVER_LIMITS.headersTimeout,
    help: "max ms for the head of a request",
  },
  requestTimeoutMs: {
    kind: "integer",
    default: SERVER_LIMITS.requestTimeout,
    help: "max ms for a whole request; seven eighths of it for its body",
  },
  keepAliveTimeoutMs: {
    kind: "integer",
    default: SERVER_LIMITS.keepAliveTimeout,
    help: "ms that an idle connection is kept",
  },
  maxHeaderBytes: {
    kind: "integer",
    default: SERVER_LIMITS.maxHeaderSize,
    help: "max bytes of the head of a request",
  },
  maxConnections: { kind: "integer", default: 10_000, help: "max connections" },
  maxRequestsPerSocket: {
    kind: "integer",
    default: MAX_REQUESTS_PER_SOCKET,
    help: "max requests per connection",
  },
};

export type SettingName = keyof RumkitConfig;

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/**
 * Returns the variable of a setting: `RUMKIT_HEADERS_TIMEOUT_MS` for `headersTimeoutMs`; undefined for a setting that
 * only files can have.
 */
export function environmentName(name: SettingName): string | undefined {
  return SETTINGS[name].kind === "file only" ? undefined : `RUMKIT_${words(name).join("_").toUpperCase()}`;
}

/**
 * Returns the flag of a setting: `headers-timeout-ms` for `headersTimeoutMs`; undefined for secrets and for settings
 * that only files can have.
 */
export function flagName(name: SettingName): string | undefined {
  const hasFlag = !["secret", "keys", "file only"].includes(SETTINGS[name].kind);
  return hasFlag ? words(name).join("-") : undefined;
}

/**
 * Converts the text of a variable or flag. Text that does not fit the kind of the setting stays text and is refused
 * later.
 */
export function readText(name: SettingName, text: string): unknown {
  switch (SETTINGS[name].kind) {
    case "integer":
      return readInteger(text);
    case "limit":
      return text === "false" ? false : readInteger(text);
    case "switch":
      return text === "true" || (text === "false" ? false : text);
    case "list":
      return splitList(text);
    case "keys":
      return splitList(text).map((entry) => readKey(name, entry));
    case "text":
    case "secret":
    case "file only":
      return text;
  }
}

function readInteger(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function splitList(text: string): string[] {
  return text.split(",").flatMap((entry) => entry.trim() || []);
}

function readKey(name: SettingName, entry: string): unknown {
  const [, owner, secret] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
  // Text that ends with "==" is base64 without a name. The entry itself must not be in the fault, because it may be a
  // secret, and faults are printed.
  if (owner === undefined || /^=*$/.test(secret!)) return { name: "" };
  return name === "writeKeys" ? { name: owner, key: secret } : { name: owner, secret };
}

function words(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
