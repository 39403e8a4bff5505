import { describe, expect, test, vi } from "vitest";
import { createCollector } from "./createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";

const catalog = { app: "shop", routes: ["/"] };

/** The message of what is thrown at the start. */
function refusalOf(options: unknown): string {
  try {
    void createCollector(options as Parameters<typeof createCollector>[0]).stop();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("each mistake in the options of createCollector is reported by its name, with what to do", () => {
  test.each<[mistake: string, options: object, fault: string]>([
    [
      "a misspelled option",
      { allowedOrigin: [] },
      'allowedOrigin is unknown here. Did you mean "allowedOrigins"?',
    ],
    [
      "an origin for its list",
      { allowedOrigins: "https://shop.example" },
      'allowedOrigins must be a list, e.g. ["https://shop.example"], not "https://shop.example".',
    ],
    [
      "bots that are ignored",
      { bots: "ignore" },
      'bots must be "apart" or "count", not "ignore". Did you mean "apart"?',
    ],
    [
      "an environment in short",
      { environment: "prod" },
      'environment must be "development" or "production", not "prod". Did you mean "production"?',
    ],
    [
      "names that are allowed",
      { unknownNames: "allow" },
      'unknownNames must be "bounded" or "refuse", not "allow".',
    ],
    ["a release that is a number", { release: 1.2 }, 'release must be a text, e.g. "1.2.0", not 1.2.'],
    [
      "a journal that is a path",
      { journal: "./rumkit.journal" },
      'journal must be what openSqliteJournal({ path: "./rumkit.journal" }) returns, not "./rumkit.journal".',
    ],
    ["a log that is true", { log: true }, "log must be what createLog() returns, not true."],
    ["an invalid registry", { registry: {} }, "registry must be what new Registry() returns, not an object."],
    [
      "a rate that is a number",
      { rateLimits: { perAddress: 10 } },
      "rateLimits.perAddress must be { perSecond: 100, burst: 500 } or false, not 10.",
    ],
    [
      "a rate without its number",
      { rateLimits: { perApp: {} } },
      "rateLimits.perApp.perSecond is required: requests a second, e.g. 100.",
    ],
    [
      "a misspelled budget",
      { seriesBudget: { perMetrics: 1 } },
      'seriesBudget.perMetrics is unknown here. Did you mean "perMetric"?',
    ],
    [
      "a proxy for its list",
      { trustedProxies: "10.0.0.0/8" },
      'trustedProxies must be a list, e.g. ["10.0.0.0/8"], not "10.0.0.0/8".',
    ],
    [
      "patterns as texts",
      { scrub: { patterns: ["x"] } },
      'scrub.patterns[0] must be a regular expression, e.g. /\\d{9}/, not "x".',
    ],
    [
      "source maps without a folder",
      { sourceMaps: {} },
      'sourceMaps.directory is required: the folder, e.g. "./maps".',
    ],
    ["a switch as a text", { runtimeMetrics: "no" }, 'runtimeMetrics must be true or false, not "no".'],
    [
      "an invalid scope",
      { access: { open: ["collect"], tokens: [{ name: "a", secret: "b".repeat(20), scopes: ["metric"] }] } },
      'access.tokens[0].scopes[0] must be "metrics", "live", "alerts" or "admin", not what it is. Did you mean "metrics"?',
    ],
  ])("%s", (_mistake, options, fault) => {
    expect(refusalOf({ catalog, ...options })).toBe(
      `[rumkit] Invalid options of createCollector (1 problem):\n  ${fault}`,
    );
  });

  test("a catalog in place of the options", () => {
    expect(refusalOf(catalog)).toContain("the options are a catalog. Write createCollector({ catalog }).");
  });

  test("a journal that is not awaited", async () => {
    const journal = Promise.resolve(createMemoryJournal());
    expect(refusalOf({ catalog, journal })).toContain(
      'journal is a Promise. Write: await openSqliteJournal({ path: "./rumkit.journal" }).',
    );
    await expect(openSqliteJournal({ path: "/no/such/folder/journal" })).rejects.toThrow("[rumkit]");
  });

  test("several at once, and never a value of a secret", () => {
    const secret = 'top"secret"-of-the-house';
    const message = refusalOf({
      catalog,
      ingestTokens: secret,
      access: { secretKeys: [secret], tokens: [{ name: "a", secret: 123_456, scopes: ["admin"] }] },
    });
    expect(message.split("\n")).toHaveLength(4);
    expect(message).not.toMatch(/top|123/);
    expect(refusalOf({ catalog, ingestTokens: [secret, secret] })).toContain(
      "ingestTokens has a value twice.",
    );
  });
});

test.each([
  [undefined, "development"],
  ["", "development"],
  ["  ", "development"],
  ["test", "development"],
  ["development", "development"],
  ["Development ", "development"],
  ["dev", "development"],
  ["local", "development"],
  ["production", "production"],
  ["PRODUCTION", "production"],
  [" production\n", "production"],
  ["prod", "production"],
  ["prodution", "production"],
  ["staging", "production"],
  ["preview", "production"],
])("without an option, NODE_ENV=%s is %s for createCollector", async (value, environment) => {
  vi.stubEnv("NODE_ENV", value);
  const { app, stop } = createCollector({ catalog });
  const answer = await app.request("/collect", {
    method: "POST",
    headers: { origin: "http://localhost" },
    body: '{"v":1}',
  });
  const { error } = (await answer.json()) as { error: { issues?: string[] } };
  expect(error.issues !== undefined).toBe(environment === "development");
  await stop();
  vi.unstubAllEnvs();
});
