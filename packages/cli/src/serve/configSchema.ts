import { z } from "zod";
import type { RumkitConfig } from "./config.ts";
import { OPENABLE, SCOPES } from "@rumkit/server/internal/serve";
import { MAX_MAP_BYTES } from "@rumkit/server/internal/sourceMaps";

const name = z.string().min(1, "give it a name");
const origins = z.array(z.string());
const range = (least: number, most: number): string => `must be a whole number from ${least} to ${most}`;
const whole = (least: number, most: number, fault: string) => z.int(fault).min(least).max(most);
const integer = (least: number, most: number) => whole(least, most, range(least, most));
const limit = (least: number, most: number) => {
  const fault = `${range(least, most)}, or false`;
  return z.union([z.literal(false), whole(least, most, fault)], fault);
};

const secretKey = {
  name,
  secret: z.string().optional(),
  sha256: z.string().optional(),
};

/** Text is the source of a regular expression, because JSON cannot contain one. */
const pattern = z.union(
  [
    z.instanceof(RegExp),
    z
      .string()
      .refine(isExpression)
      .transform((source) => new RegExp(source)),
  ],
  "is not a regular expression",
);

/** A minute: no operation of a collector takes longer. */
const MINUTE = 60_000;

const MILLION = 1_000_000;

const DAY = 24 * 60 * MINUTE;

/** The schema of settings, which fills in every default. `createAccess` checks secrets, origins and hosts. */
export const configSchema = z.strictObject({
  catalog: z
    .union([z.string().min(1), z.custom<Exclude<RumkitConfig["catalog"], string | undefined>>(isObject)])
    .optional(),
  host: z.string().min(1),
  port: integer(0, 65_535),
  listenFd: integer(0, 1_023).optional(),
  allowedOrigins: origins,
  allowedHosts: z.array(z.string()),
  writeKeys: z.array(
    z.strictObject({ name, key: z.string(), origins: origins.optional(), app: z.string().optional() }),
  ),
  secretKeys: z.array(z.strictObject(secretKey)),
  tokens: z.array(z.strictObject({ ...secretKey, scopes: z.array(z.enum(SCOPES)).min(1) })),
  metricsToken: z.string().optional(),
  liveToken: z.string().optional(),
  adminToken: z.string().optional(),
  trustedProxies: z.array(z.string()),
  forwardedHeader: z.enum(["x-forwarded-for", "forwarded"]),
  open: z.array(z.enum(OPENABLE)),
  environment: z.enum(["development", "production"]),
  bots: z.enum(["apart", "count"]),
  unknownNames: z.enum(["bounded", "refuse"]),
  ratePerAddress: limit(1, MILLION),
  burstPerAddress: integer(1, MILLION),
  ratePerApp: limit(1, MILLION),
  burstPerApp: integer(1, MILLION),
  seriesPerMetric: integer(1, 10 * MILLION),
  seriesPerSide: integer(1, 10 * MILLION),
  seriesPerProcess: integer(1, 10 * MILLION),
  seriesIdleMs: integer(MINUTE, 30 * DAY),
  scrapeIntervalMs: integer(100, DAY).optional(),
  release: z.string().min(1),
  journal: z.string().min(1),
  sourceMaps: z.string().min(1).optional(),
  sourceMapsQuotaBytes: integer(MAX_MAP_BYTES, Number.MAX_SAFE_INTEGER),
  sourceMapsContext: z.boolean(),
  scrubPatterns: z.array(pattern),
  scrubKeys: z.array(z.string().min(1)),
  log: z.enum(["json", "none"]),
  accessLog: limit(1, 1_000),
  runtimeMetrics: z.boolean(),
  readyJournalWaitMs: integer(10, MINUTE),
  readyFreeBytes: integer(0, Number.MAX_SAFE_INTEGER),
  drainDelayMs: integer(0, MINUTE),
  drainTimeoutMs: integer(500, MINUTE),
  restartDelayMs: integer(0, MINUTE),
  headersTimeoutMs: integer(1_000, MINUTE),
  requestTimeoutMs: integer(1_000, MINUTE),
  keepAliveTimeoutMs: integer(0, 10 * MINUTE),
  maxHeaderBytes: integer(1_024, 65_536),
  maxConnections: integer(1, MILLION),
  maxRequestsPerSocket: integer(1, MILLION),
}) satisfies z.ZodType<RumkitConfig>;

/** A complete configuration, with every default filled in. */
export type EffectiveConfig = z.output<typeof configSchema>;

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isExpression(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
