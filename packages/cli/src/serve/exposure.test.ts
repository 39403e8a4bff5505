import { expect, test } from "vitest";
import type { EffectiveConfig } from "./settings.ts";
import { exposureFaults, isLoopback } from "./exposure.ts";

const closed: EffectiveConfig = {
  catalog: "./catalog.ts",
  host: "0.0.0.0",
  port: 4000,
  allowedOrigins: [],
  allowedHosts: [],
  writeKeys: [],
  secretKeys: [],
  tokens: [],
  trustedProxies: [],
  forwardedHeader: "x-forwarded-for",
  open: [],
  environment: "production",
  bots: "apart",
  unknownNames: "bounded",
  ratePerAddress: 1,
  burstPerAddress: 1,
  ratePerApp: 1,
  burstPerApp: 1,
  seriesPerMetric: 1,
  seriesPerSide: 1,
  seriesPerProcess: 1,
  seriesIdleMs: 1,
  release: "1",
  journal: "memory",
  role: "all",
  brokerMonitor: [],
  rememberedIds: 500_000,
  spool: "./rumkit.spool",
  maxSpoolBytes: 1_073_741_824,
  allowUnsafeBroker: false,
  sourceMapsQuotaBytes: 1,
  sourceMapsContext: false,
  scrubPatterns: [],
  scrubKeys: [],
  log: "none",
  accessLog: false,
  livePath: "/realtime",
  apiPath: "/api/rumkit",
  metricsStream: true,
  runtimeMetrics: true,
  readyJournalWaitMs: 10,
  readyFreeBytes: 0,
  drainDelayMs: 0,
  drainTimeoutMs: 1,
  restartDelayMs: 1,
  headersTimeoutMs: 1,
  requestTimeoutMs: 1,
  keepAliveTimeoutMs: 1,
  maxHeaderBytes: 1,
  maxConnections: 1,
  maxRequestsPerSocket: 1,
};
const origins = ["https://shop.example"];
const writeKeys = [{ name: "web", key: "pk_0123456789abcdef" }];
const token = "0123456789abcdef";

test.each([
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["/run/rumkit.sock", true],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
  ["::ffff:10.0.0.1", false],
  ["127.0.0.1.example", false],
])("%s is loopback: %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test.each<[what: string, change: Partial<EffectiveConfig>, missing: RegExp[]]>([
  ["nothing", {}, [/allowedOrigins/, /write key/, /METRICS_TOKEN/, /LIVE_TOKEN/]],
  ["origins", { allowedOrigins: origins }, [/write key/, /METRICS_TOKEN/, /LIVE_TOKEN/]],
  ["a key with its own origins", { writeKeys: [{ ...writeKeys[0]!, origins }] }, [/METRICS_/, /LIVE_/]],
  ["a key of no origin", { writeKeys }, [/allowedOrigins/, /METRICS_TOKEN/, /LIVE_TOKEN/]],
  [
    "origins, a key and one token",
    { allowedOrigins: origins, writeKeys, metricsToken: token },
    [/LIVE_TOKEN/],
  ],
  ["origins, a key and a token for all", { allowedOrigins: origins, writeKeys, adminToken: token }, []],
  [
    "origins, a key and a token of two scopes",
    {
      allowedOrigins: origins,
      writeKeys,
      tokens: [{ name: "a", sha256: "ab".repeat(32), scopes: ["metrics", "live"] }],
    },
    [],
  ],
  [
    "origins, and the rest open on purpose",
    { allowedOrigins: origins, open: ["collect", "metrics", "live"] },
    [],
  ],
  [
    "a token for acting on alerts, which opens the live page, too",
    {
      allowedOrigins: origins,
      writeKeys,
      tokens: [{ name: "a", sha256: "ab".repeat(32), scopes: ["metrics", "alerts"] }],
    },
    [],
  ],
  [
    "alerts that everyone could silence",
    { allowedOrigins: origins, open: ["collect", "metrics", "live", "alerts"] },
    [/Take "alerts" out of open/],
  ],
  ["everything open, but no origin", { open: ["collect", "metrics", "live"] }, [/allowedOrigins/]],
])("beyond loopback with %s", (_what, change, missing) => {
  const config = { ...closed, ...change };
  const faults = exposureFaults("0.0.0.0", config);
  expect(faults).toHaveLength(missing.length);
  for (const [index, pattern] of missing.entries()) expect(faults[index]).toMatch(pattern);
  expect(exposureFaults("127.0.0.1", config)).toEqual([]);
});
