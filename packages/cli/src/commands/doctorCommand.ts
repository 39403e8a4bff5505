import type { Check } from "../doctor/check.ts";
import { examine } from "../doctor/examine.ts";
import { examineLog } from "../doctor/logChecks.ts";
import { collectorOf, parseCommandLine, readToken, readUrl, refuseArguments } from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { readBroker } from "./brokerOption.ts";
import type { Command } from "./command.ts";
import { WITHOUT_CATALOG } from "@rumkit/server/internal/metrics";

const USAGE = `Usage: rumkit doctor [--url <collector>] [--origin <origin>] [--page <address>] [--key <key>] [--json]
       rumkit doctor --broker <address> [--app <app>] [--monitor <address>] [--prometheus <address>] [--create]
                     [--json]

Examines a running collector from outside, and says what to do about each fault: whether pages get through (origin, write
key, blockers, proxies), its journal, clock, series and bots, and the caching of /rum.js. Nothing is counted by it.

  --url <collector>   default http://127.0.0.1:4000; with the path where the collector is mounted
  --origin <origin>   the origin of the pages that report; default that of --page, else the collector's own
  --page <address>    a page with the script tag of /rum.js, to check the attributes of the tag
  --key <key>         their write key
  --api-path <path>   the path of its API. Default the environment's RUMKIT_API_PATH, else /api/rumkit
  --json              print the checks as JSON

With --broker it examines the log that several collectors share instead: whether it can lose what it has acknowledged, and
which setting prevents that. An app that the log does not have is refused, with those that it has.

  --broker <address>  nats://10.0.0.5:4222, redis://…, kafka://…; "-" takes the environment's RUMKIT_BROKER, or the file that
                      RUMKIT_BROKER_FILE names, so that no password is on the command line
  --app <app>         the app of the catalog; default app, as without a catalog
  --monitor <address> where NATS tells its settings, http://10.0.0.5:8222; repeat it for each server
  --prometheus <address> the Prometheus that scrapes the aggregators: says which of them it misses
  --create            creates the log of an app first, as the first process does, to examine its settings before that starts

The environment's RUMKIT_TOKEN, or the file that RUMKIT_TOKEN_FILE names, is a token of scope metrics, where the collector
asks for one.

Exit codes: 0 no check failed, 1 at least one did, 2 invalid arguments.
`;

export const doctorCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const flags = readFlags(argv);
    return flags.broker === undefined ? examineCollector(flags) : examineBroker(flags.broker, flags);
  },
};

type Flags = ReturnType<typeof readFlags>;

function readFlags(argv: string[]) {
  const { values, positionals } = parseCommandLine(argv, {
    url: { type: "string", default: "http://127.0.0.1:4000" },
    origin: { type: "string" },
    page: { type: "string" },
    key: { type: "string" },
    "api-path": { type: "string" },
    broker: { type: "string" },
    app: { type: "string", default: WITHOUT_CATALOG.app },
    monitor: { type: "string", multiple: true, default: [] },
    prometheus: { type: "string" },
    create: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  });
  refuseArguments(positionals, "--url");
  return values;
}

async function examineBroker(
  broker: string,
  { app, monitor, create, json, ...flags }: Flags,
): Promise<number> {
  const url = await readBroker(broker, process.env);
  const prometheus = flags.prometheus === undefined ? undefined : readUrl("--prometheus", flags.prometheus);
  return print(await examineLog({ url, app, monitor, create }, prometheus), { json });
}

async function examineCollector({ key, json, ...flags }: Flags): Promise<number> {
  const base = readUrl("--url", flags.url);
  const root = collectorOf(base, readBasePath("live", undefined, process.env));
  const page = flags.page === undefined ? undefined : readUrl("--page", flags.page);
  const named = flags.origin === undefined ? page : readUrl("--origin", flags.origin);
  const { origin } = named ?? base;
  const token = (await readToken(process.env)) || undefined;
  const checks = await examine({
    root,
    apiPath: readBasePath("api", flags["api-path"], process.env),
    origin,
    isOriginAssumed: named === undefined,
    page: page?.href,
    key,
    token,
    now: Date.now,
  });
  return print(checks, { json, about: { url: root, origin } });
}

interface PrintOptions {
  readonly json: boolean;
  /** Fields of the JSON before the checks. */
  readonly about?: object;
}

/** Prints the checks, and returns the exit code. */
function print(checks: readonly Check[], { json, about }: PrintOptions): number {
  process.stdout.write(json ? `${JSON.stringify({ ...about, checks }, undefined, 2)}\n` : render(checks));
  return checks.some(({ status }) => status === "fail") ? 1 : 0;
}

function render(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, message, advice }) => [
    `${status.padEnd(4)}  ${name.padEnd(width)}  ${message}`,
    ...(advice === undefined ? [] : [`${" ".repeat(width + 8)}${advice}`]),
  ]);
  return `${lines.join("\n")}\n`;
}
