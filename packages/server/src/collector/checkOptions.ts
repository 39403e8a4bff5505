import { checkAlerts, hidesSecret, needsTwoPeople } from "../alerting/checkAlerts.ts";
import { withoutValues } from "../base/withoutValues.ts";
import { OPENABLE, SCOPES } from "../access/accessOptions.ts";
import {
  boolean,
  type Check,
  describeValue,
  Faults,
  isObject,
  isPromise,
  list,
  mustBe,
  number,
  object,
  oneOf,
  type Path,
  required,
  text,
} from "../base/shape.ts";
import { BASE_PATH_FORM } from "../part/basePaths.ts";
import { checkCluster } from "./clusterOptions.ts";
import { checkRemoteWrite } from "../push/checkRemoteWrite.ts";
import { basePathFault } from "./basePaths.ts";

const count = number("a positive number", (value) => value > 0);
const bytes = number("a number of bytes", (value) => value >= 0);
const texts = (example: string): Check => list(text(example), { example: `[${example}]` });
const origins = texts('"https://shop.example"');

const rate = object(
  { perSecond: required(count, "requests a second, e.g. 100"), burst: count },
  { example: "{ perSecond: 100, burst: 500 }" },
);
const rateOrNone: Check = (value, path, faults) => {
  if (value === false) return;
  if (isObject(value)) rate(value, path, faults);
  else faults.add(path, mustBe("{ perSecond: 100, burst: 500 } or false", value));
};

const name = required(text('"shop page"'), "what people call it");
const secret = { name, secret: text('"…"'), sha256: text('"…"') };
const scopes = required(
  list(oneOf(SCOPES), { example: '["metrics"]', least: 1 }),
  'what it opens, e.g. ["metrics"]',
);

const access = object(
  {
    writeKeys: list(
      object(
        {
          name,
          key: required(text('"…"'), '16–128 letters, digits, "-" or "_"'),
          origins,
          app: text('"shop"'),
        },
        { example: '{ name: "shop page", key: "…" }' },
      ),
      { example: '[{ name: "shop page", key: "…" }]' },
    ),
    secretKeys: list(object(secret, { example: '{ name: "billing", secret: "…" }' }), {
      example: '[{ name: "billing", secret: "…" }]',
    }),
    tokens: list(
      object({ ...secret, scopes }, { example: '{ name: "prometheus", secret: "…", scopes: ["metrics"] }' }),
      {
        example: '[{ name: "prometheus", secret: "…", scopes: ["metrics"] }]',
      },
    ),
    open: list(oneOf(OPENABLE), { example: '["collect"]' }),
    hosts: texts('"rum.example"'),
  },
  { example: '{ writeKeys: [{ name: "shop page", key: "…" }] }' },
);

const basePath: Check = (value, path, faults) => {
  const fault = typeof value === "string" ? basePathFault(value) : `must be ${BASE_PATH_FORM}`;
  if (fault !== undefined) faults.add(path, `${fault}, not ${describeValue(value)}.`);
};

/** An object that must have a method, such as a journal or a log. */
function having(method: string, example: string): Check {
  return (value, path, faults) => {
    if (isPromise(value)) return faults.add(path, `is a Promise. Write: await ${example}.`);
    if (typeof (value as Record<string, unknown> | null)?.[method] !== "function")
      faults.add(path, mustBe(`what ${example} returns`, value));
  };
}

const checkAll = object(
  {
    // The schema of catalogs reports all other faults.
    catalog: (value, path, faults) => {
      if (value === null) faults.add(path, "is null. Leave it out to learn names.");
    },
    allowedOrigins: origins,
    access,
    environment: oneOf(["development", "production"], {
      dev: "development",
      prod: "production",
      test: "development",
    }),
    release: text('"1.2.0"'),
    ingestTokens: texts('"…"'),
    unknownNames: oneOf(["bounded", "refuse"]),
    rateLimits: object(
      { perAddress: rateOrNone, perApp: rateOrNone },
      { example: "{ perAddress: { perSecond: 100 } }" },
    ),
    bots: oneOf(["apart", "count"], { ignore: "apart", separate: "apart", include: "count" }),
    journal: having("append", 'openSqliteJournal({ path: "./rumkit.journal" })'),
    seriesBudget: object(
      { perMetric: count, perSide: count, perProcess: count, idleMs: count },
      { example: "{ perMetric: 2000 }" },
    ),
    scrapeIntervalMs: count,
    registry: having("getMetricsAsArray", "new Registry()"),
    readiness: object({ journalWaitMs: count, freeBytes: bytes }, { example: "{ journalWaitMs: 5000 }" }),
    runtimeMetrics: boolean,
    livePath: basePath,
    apiPath: basePath,
    metricsStream: boolean,
    exceptions: boolean,
    log: having("error", "createLog()"),
    sourceMaps: object(
      { directory: required(text('"./maps"'), 'the folder, e.g. "./maps"'), quota: bytes, context: boolean },
      { example: '{ directory: "./maps" }' },
    ),
    scrub: object(
      {
        patterns: list(
          (value, path, faults) => {
            if (!(value instanceof RegExp))
              faults.add(path, mustBe("a regular expression, e.g. /\\d{9}/", value));
          },
          { example: "[/\\d{9}/]" },
        ),
        keys: texts('"email"'),
      },
      { example: '{ keys: ["email"] }' },
    ),
    prometheusUrl: text('"http://prometheus:9090"'),
    alerts: checkAlerts,
    cluster: checkCluster,
    remoteWrite: checkRemoteWrite,
    trustedProxies: texts('"10.0.0.0/8"'),
    forwardedHeader: oneOf(["x-forwarded-for", "forwarded"]),
  },
  {
    example: "{ catalog }",
    together: ({ alerts, access: checked, cluster, journal }, path, faults) => {
      if (
        isObject(cluster) &&
        cluster["role"] === "edge" &&
        (journal as { durable?: unknown })?.durable === true
      )
        faults.add(
          [...path, "journal"],
          'is not used by the role "edge", which keeps messages in its spool. Leave it out.',
        );
      if (needsTwoPeople(alerts) && actingTokens(checked) < 2)
        faults.add(
          [...path, "alerts", "actions"],
          "has one with approvals: 2. That needs two tokens of scope alerts in access, because without them two people are one.",
        );
    },
  },
);

/** Number of tokens that may approve actions. */
function actingTokens(checked: unknown): number {
  const tokens = isObject(checked) && Array.isArray(checked["tokens"]) ? checked["tokens"] : [];
  return (tokens as readonly { readonly scopes: readonly string[] }[]).filter((token) =>
    token.scopes.some((scope) => scope === "alerts" || scope === "admin"),
  ).length;
}

/** Throws a TypeError that lists everything that is wrong with the options of `createCollector`, by their names. */
export function checkOptions(options: unknown): void {
  const faults = new Faults("the options");
  const mistaken = explainCatalog(options);
  if (mistaken !== undefined) faults.add([], mistaken);
  else checkAll(options, [], faults);
  const found = faults.found.map(({ path, text: fault }) => {
    return `  ${isSecret(path) ? withoutValues(fault) : fault}`;
  });
  if (found.length === 0) return;
  const problems = found.length === 1 ? "1 problem" : `${found.length} problems`;
  throw new TypeError([`[rumkit] Invalid options of createCollector (${problems}):`, ...found].join("\n"));
}

/** Options that contain keys and secrets. Their faults are reported without the value, because errors are logged. */
const SECRET: ReadonlySet<unknown> = new Set(["access", "ingestTokens", "prometheusUrl", "remoteWrite"]);

function isSecret(path: Path): boolean {
  return SECRET.has(path[0]) || hidesSecret(path);
}

/**
 * Returns the fault of a value that is not an object of options. Passing the catalog itself is the likeliest mistake,
 * which would otherwise be reported as a dozen unknown keys.
 */
function explainCatalog(options: unknown): string | undefined {
  if (isPromise(options)) return "are a Promise. Await it.";
  if (!isObject(options)) return `must be an object, e.g. { catalog }, not ${describeValue(options)}.`;
  return !("catalog" in options) && "app" in options && "routes" in options
    ? "are a catalog. Write createCollector({ catalog })."
    : undefined;
}

/** Values of `NODE_ENV` that mean development. */
const OF_DEVELOPERS = ["development", "dev", "local", "test"];

/**
 * Returns the default environment by `NODE_ENV`, ignoring case and surrounding spaces: `development` for
 * `development`, `dev`, `local` and `test`; `unset` if the variable is missing or empty; otherwise `production`, so
 * that `staging` and a misspelled `prodution` do not explain faults to strangers.
 *
 * `createCollector` and `rumkit serve` share this rule. For `createCollector`, `unset` means development, as in
 * Express and Vite; for `rumkit serve` it does so only if the server listens on loopback.
 */
export function defaultEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  unset: "development" | "production" = "development",
): "development" | "production" {
  const said = (env["NODE_ENV"] ?? "").trim().toLowerCase();
  if (said === "") return unset;
  return OF_DEVELOPERS.includes(said) ? "development" : "production";
}
