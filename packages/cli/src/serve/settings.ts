import { z } from "zod";
import { alertsSetting, catalogSetting } from "./objectSettings.ts";
import { clusterSettings } from "./clusterSettings.ts";
import { pushSettings } from "./pushSettings.ts";
import type { RumkitConfig } from "./config.ts";
import {
  basePath,
  choice,
  fileOnly,
  keys,
  limit,
  list,
  optional,
  pattern,
  readText,
  secret,
  type Setting,
  text,
  toggle,
  whole,
} from "./settingForms.ts";
import {
  DEFAULT_BASE_PATHS,
  DEFAULT_RATES,
  isPrometheusUrl,
  MAX_REQUESTS_PER_SOCKET,
  OPENABLE,
  SCOPES,
  SERVER_LIMITS,
} from "@rumkit/server/internal/serve";
import { DEFAULT_BUDGET } from "@rumkit/server/internal/metrics";
import { DEFAULT_QUOTA, MAX_MAP_BYTES } from "@rumkit/server/internal/sourceMaps";

/** A minute: no operation of a collector takes longer. */
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MILLION = 1_000_000;
const ANY = Number.MAX_SAFE_INTEGER;

const name = z.string().min(1, "give it a name");
const origins = z.array(z.string());
const secretKey = { name, secret: z.string().optional(), sha256: z.string().optional() };
const writeKey = z.strictObject({
  name,
  key: z.string(),
  origins: origins.optional(),
  app: z.string().optional(),
});
const token = z.strictObject({ ...secretKey, scopes: z.array(z.enum(SCOPES)).min(1) });

/**
 * Every setting, in the order of the help. Flags, variables, `--help`, the table of docs/serve.md and the check of values
 * come from here; a test compares the doc comments of `RumkitConfig`. `createAccess` checks secrets, origins and hosts.
 */
export const SETTINGS = {
  catalog: catalogSetting,
  host: text("name or address", { default: "127.0.0.1", help: "name or address to listen on" }),
  port: whole(0, 65_535, { default: 4000, help: "TCP port, 0 for any that is free" }),
  listenFd: optional(whole(0, 1_023, { help: "descriptor of a listening socket, instead of host and port" })),
  allowedOrigins: list(z.string(), "origins", { default: [], help: "origins whose pages may report" }),
  allowedHosts: list(z.string(), "names", {
    default: [],
    unset: "loopback's names without keys, else any",
    help: "host names under which open metrics may be read, in addition to loopback",
  }),
  writeKeys: keys(writeKey, "name=key", { default: [], help: "keys of pages" }),
  secretKeys: keys(z.strictObject(secretKey), "name=secret", { default: [], help: "secrets of services" }),
  tokens: fileOnly(z.array(token), "name, secret and scopes", {
    default: [],
    help: "secrets that give access to metrics, with their scopes",
  }),
  metricsToken: optional(secret({ help: "a token for /metrics" })),
  liveToken: optional(secret({ help: "a token for the live page" })),
  adminToken: optional(secret({ help: "a token for everything" })),
  trustedProxies: list(z.string(), "addresses or CIDRs", { default: [], help: "trusted proxies" }),
  forwardedHeader: choice(["x-forwarded-for", "forwarded"], {
    default: "x-forwarded-for",
    help: "header with the client's address",
  }),
  open: list(z.enum(OPENABLE), OPENABLE.join(", "), { default: [], help: "parts that need no key or token" }),
  environment: choice(["development", "production"], {
    unset: "by NODE_ENV, else by the host",
    help: "development returns detailed errors, production only codes",
  }),
  bots: choice(["apart", "count"], {
    default: "apart",
    help: "events of bots: counted apart, or with all others (count)",
  }),
  unknownNames: choice(["bounded", "refuse"], {
    default: "bounded",
    help: "names of services that the catalog lacks",
  }),
  ratePerAddress: limit(1, MILLION, {
    default: DEFAULT_RATES.perAddress.perSecond,
    help: "max requests per second per client and route (false: unlimited)",
  }),
  burstPerAddress: whole(1, MILLION, {
    default: DEFAULT_RATES.perAddress.burst,
    help: "max requests of a client at once",
  }),
  ratePerApp: limit(1, MILLION, {
    default: DEFAULT_RATES.perApp.perSecond,
    help: "max requests per second per route (false: unlimited)",
  }),
  burstPerApp: whole(1, MILLION, { default: DEFAULT_RATES.perApp.burst, help: "max requests at once" }),
  seriesPerMetric: whole(1, 10 * MILLION, {
    default: DEFAULT_BUDGET.perMetric,
    help: "series of a metric with open labels",
  }),
  seriesPerSide: whole(1, 10 * MILLION, {
    default: DEFAULT_BUDGET.perSide,
    help: "series of all such metrics of pages, of the backend, of the collector",
  }),
  seriesPerProcess: whole(1, 10 * MILLION, { default: DEFAULT_BUDGET.perProcess, help: "all series" }),
  seriesIdleMs: whole(MINUTE, 30 * DAY, {
    default: DEFAULT_BUDGET.idleMs,
    help: "ms without a sample after which a series with open labels ends",
  }),
  scrapeIntervalMs: optional(
    whole(100, DAY, { unset: "by the scraper's timeout", help: "longest interval of scrapes in ms" }),
  ),
  prometheusUrl: optional({
    ...secret({ help: "address of a Prometheus, for charts of more than eight days" }),
    values: "an address",
    schema: z.string().refine(isPrometheusUrl, "is not the address of a Prometheus"),
  }),
  alerts: alertsSetting,
  ...pushSettings,
  release: text("text", { default: "unknown", help: "the app's release, shown in app_info" }),
  journal: text("path or memory", {
    default: "./rumkit.journal",
    help: "file that keeps the counts across restarts, or memory",
  }),
  ...clusterSettings,
  sourceMaps: optional(text("path", { help: "folder of source maps for stack traces" })),
  sourceMapsQuotaBytes: whole(MAX_MAP_BYTES, ANY, {
    default: DEFAULT_QUOTA,
    help: "bytes of uploaded source maps",
  }),
  sourceMapsContext: toggle({ default: false, help: "show the source's line with each frame" }),
  scrubPatterns: fileOnly(z.array(pattern), "regular expressions", {
    default: [],
    help: "regular expressions for more text to scrub",
  }),
  scrubKeys: list(z.string().min(1), "keys", {
    default: [],
    help: "attribute keys whose values are scrubbed",
  }),
  log: choice(["json", "none"], { default: "json", help: "json lines on the standard output, or none" }),
  accessLog: limit(1, 1_000, {
    default: false,
    help: "max log lines per second about answers, and as many about refusals (false: none)",
  }),
  livePath: basePath({ default: DEFAULT_BASE_PATHS.live, help: "path of the live page" }),
  apiPath: basePath({ default: DEFAULT_BASE_PATHS.api, help: "path of the API for tools" }),
  metricsStream: toggle({ default: true, help: "the WebSocket /metrics/stream" }),
  runtimeMetrics: toggle({ default: true, help: "metrics of the process and its event loop" }),
  readyJournalWaitMs: whole(10, MINUTE, {
    default: 5_000,
    help: "max ms that an entry waits for the disk before /readyz fails",
  }),
  readyFreeBytes: whole(0, ANY, {
    default: 67_108_864,
    help: "free bytes on the disk below which /readyz fails",
  }),
  drainDelayMs: whole(0, MINUTE, {
    default: 0,
    help: "ms between failing /readyz and closing the port",
  }),
  drainTimeoutMs: whole(500, MINUTE, { default: 4_800, help: "max ms to finish after that" }),
  restartDelayMs: whole(0, MINUTE, {
    default: 100,
    help: "ms before the supervisor restarts a dead worker",
  }),
  headersTimeoutMs: whole(1_000, MINUTE, {
    default: SERVER_LIMITS.headersTimeout,
    help: "max ms for the head of a request",
  }),
  requestTimeoutMs: whole(1_000, MINUTE, {
    default: SERVER_LIMITS.requestTimeout,
    help: "max ms for a whole request; seven eighths of it for its body",
  }),
  keepAliveTimeoutMs: whole(0, 10 * MINUTE, {
    default: SERVER_LIMITS.keepAliveTimeout,
    help: "ms that an idle connection is kept",
  }),
  maxHeaderBytes: whole(1_024, 65_536, {
    default: SERVER_LIMITS.maxHeaderSize,
    help: "max bytes of the head of a request",
  }),
  maxConnections: whole(1, MILLION, { default: 10_000, help: "max connections" }),
  maxRequestsPerSocket: whole(1, MILLION, {
    default: MAX_REQUESTS_PER_SOCKET,
    help: "max requests per connection",
  }),
} satisfies Record<keyof RumkitConfig, Setting>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

type Schemas = { [Name in SettingName]: (typeof SETTINGS)[Name]["schema"] };

const schemas = Object.fromEntries(SETTING_NAMES.map((one) => [one, SETTINGS[one].schema])) as Schemas;

/** The schema of settings with all their defaults. */
export const configSchema = z.strictObject(schemas) satisfies z.ZodType<RumkitConfig>;

/** A complete configuration, with every default filled in. */
export type EffectiveConfig = z.output<typeof configSchema>;

/** The row of a setting. */
export function settingOf(setting: SettingName): Setting {
  return SETTINGS[setting];
}

/**
 * Returns the variable of a setting: `RUMKIT_HEADERS_TIMEOUT_MS` for `headersTimeoutMs`; undefined for a setting that
 * only files can have.
 */
export function environmentName(setting: SettingName): string | undefined {
  const isShown = SETTINGS[setting].kind !== "file only";
  return isShown ? `RUMKIT_${words(setting).join("_").toUpperCase()}` : undefined;
}

/**
 * Returns the flag of a setting: `headers-timeout-ms` for `headersTimeoutMs`; undefined for secrets and for settings
 * that only files can have.
 */
export function flagName(setting: SettingName): string | undefined {
  const hasFlag = !["secret", "keys", "file only"].includes(SETTINGS[setting].kind);
  return hasFlag ? words(setting).join("-") : undefined;
}

/**
 * Converts the text of a variable or flag. Text that does not fit the kind of the setting stays text and is refused
 * later.
 */
export function readSetting(setting: SettingName, written: string): unknown {
  return readText(setting, SETTINGS[setting].kind, written);
}

function words(setting: string): string[] {
  return setting.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
