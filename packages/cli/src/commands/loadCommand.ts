import { randomBytes } from "node:crypto";
import { loadTest } from "../load/loadTest.ts";
import { MOST_VISITORS, MOST_VISITS, type LoadPlan, type ProfileName, PROFILES } from "../load/plan.ts";
import { createProgressLine, renderProgress } from "../load/progress.ts";
import { renderJson, renderReport } from "../load/report.ts";
import type { LoadRun } from "../load/runLoad.ts";
import {
  collectorOf,
  parseCommandLine,
  readToken,
  readTokenFile,
  readUrl,
  refuseArguments,
} from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { type Command, UsageError } from "./command.ts";
import { loadSite } from "./loadSite.ts";
import { readNumber } from "./numberOption.ts";
import { readSpan } from "./spanOption.ts";

const USAGE = `Usage: rumkit load [--profile <name>] [--url <collector>] [--catalog <file>] [options]

Sends made-up visitors to a running collector, as pages do, and compares what was sent with what was counted. Visitors
open pages, click, follow funnels and reach goals, as the catalog declares them. Their events stay in the counters: use a
collector for tests.

  --url <collector>      default http://127.0.0.1:4000; with the path where the collector is mounted
  --catalog <file>       its catalog. Default what a collector without a catalog has seen
  --profile <name>       light (5 visitors with 20 visits each, the default), medium (10 × 50), heavy (20 × 100) or
                         extreme (50 × 200)
  --visitors <n>         visitors at once, up to ${MOST_VISITORS}, each with one open request at most
  --visits <n>           visits of each visitor, one after the other; ${MOST_VISITS} of all visitors at most
  --ramp-up <time>       visitors arrive evenly over this time. Default a second for each visitor
  --hold <time>          all visitors stay for so long, whatever --visits is
  --think <ms>           milliseconds between two steps of a visitor, on average. Default 1000; 0 for none
  --duration <time>      the longest time of the run. Default 1h
  --seed <n>             other visits; the same number gives the same ones. Default 1
  --run <name>           the name in all ids. Default a new one. A collector counts two runs of one name once, if their
                         other options are the same
  --origin <origin>      the origin of the pages that report; default the collector's own
  --key <key>            their write key
  --metrics-url <url>    the address of its metrics. Default /metrics below --url
  --api-path <path>      the path of its API. Default the environment's RUMKIT_API_PATH, else /api/rumkit
  --token-file <file>    a token of scope metrics (without --catalog also live), where the collector asks for one. Default
                         the environment's RUMKIT_TOKEN, or the file that RUMKIT_TOKEN_FILE names
  --allow-remote         a collector on another machine. Default only this machine's
  --json                 print the report as JSON

Times are whole numbers with s, m, h or d. Ctrl-C ends the run with the report of what was sent so far; a second one ends
it at once.

Exit codes: 0 everything that was sent was counted, once; 1 it was not, or the collector does not answer; 2 invalid
arguments.
`;

const OPTIONS = {
  url: { type: "string", default: "http://127.0.0.1:4000" },
  catalog: { type: "string" },
  profile: { type: "string", default: "light" },
  visitors: { type: "string" },
  visits: { type: "string" },
  "ramp-up": { type: "string" },
  hold: { type: "string" },
  think: { type: "string" },
  duration: { type: "string", default: "1h" },
  seed: { type: "string" },
  run: { type: "string" },
  origin: { type: "string" },
  key: { type: "string" },
  "metrics-url": { type: "string" },
  "api-path": { type: "string" },
  "token-file": { type: "string" },
  "allow-remote": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseCommandLine<typeof OPTIONS>>["values"];

export const loadCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, OPTIONS);
    refuseArguments(positionals, "--url");
    const plan = await readPlan(values);
    const interrupts = onInterrupts();
    try {
      const report = await loadTest(plan, {
        onStart: (run) => {
          interrupts.stop = () => run.stop();
          interrupts.line = showProgress(plan, run);
        },
      });
      interrupts.line?.end();
      interrupts.line = undefined;
      process.stdout.write(values.json ? renderJson(report) : renderReport(report));
      return report.comparison?.isEqual === true ? 0 : 1;
    } finally {
      interrupts.line?.end();
      interrupts.release();
    }
  },
};

async function readPlan(values: Values): Promise<LoadPlan> {
  const numbers = readNumbers(values);
  const run = values.run ?? randomBytes(4).toString("hex");
  if (!/^[\w.-]{1,64}$/.test(run))
    throw new UsageError("[rumkit] --run must be 1 to 64 letters, digits, dots, dashes and underscores.");
  const url = readUrl("--url", values.url);
  const root = collectorOf(url, readBasePath("live", undefined, process.env));
  const metrics = values["metrics-url"];
  const metricsUrl = metrics === undefined ? new URL(`${root}/metrics`) : readUrl("--metrics-url", metrics);
  if (metricsUrl.username !== "" || metricsUrl.password !== "")
    throw new UsageError(
      "[rumkit] --metrics-url has a user name or a password. Give a token: --token-file, or RUMKIT_TOKEN.",
    );
  if (!values["allow-remote"]) for (const each of [url, metricsUrl]) refuseRemote(each);
  const origin = values.origin === undefined ? url.origin : readUrl("--origin", values.origin).origin;
  const file = values["token-file"];
  const token = file === undefined ? await readToken(process.env) : await readTokenFile(file);
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new UsageError("[rumkit] The token has characters that no token has.");
  const api = root + readBasePath("api", values["api-path"], process.env);
  const site = await loadSite(values.catalog, api, token);
  const isRepeatable = values.run !== undefined;
  return {
    root,
    metricsUrl: metricsUrl.href,
    token,
    origin,
    key: values.key,
    site,
    run,
    isRepeatable,
    ...numbers,
  };
}

function readNumbers(values: Values) {
  const name = values.profile;
  if (!Object.hasOwn(PROFILES, name))
    throw new UsageError(
      `[rumkit] --profile must be ${Object.keys(PROFILES).join(", ")} (got "${name.slice(0, 100)}").`,
    );
  const profile = PROFILES[name as ProfileName];
  const visitors = bounded("--visitors", values.visitors, 1, MOST_VISITORS) ?? profile.visitors;
  const visits = bounded("--visits", values.visits, 1, MOST_VISITS) ?? profile.visits;
  if (values.hold === undefined && visitors * visits > MOST_VISITS)
    throw new UsageError(
      `[rumkit] ${visitors} visitors with ${visits} visits each are more than ${MOST_VISITS} visits. Lower one of them.`,
    );
  const span = (flag: string, text: string | undefined, most = 86_400): number | undefined =>
    text === undefined ? undefined : readSpan(flag, text, { least: 0, most }) * 1_000;
  const holdMs = span("--hold", values.hold);
  return {
    visitors,
    visits,
    rampUpMs: span("--ramp-up", values["ramp-up"], 3_600) ?? visitors * 1_000,
    holdMs,
    thinkMs: bounded("--think", values.think, 0, 60_000) ?? 1_000,
    durationMs: readSpan("--duration", values.duration, { least: 1, most: 86_400 }) * 1_000,
    seed: bounded("--seed", values.seed, 0, 2 ** 31) ?? 1,
  };
}

function bounded(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  const number = readNumber(flag, text);
  if (number === undefined || (number >= least && number <= most)) return number;
  throw new UsageError(`[rumkit] ${flag} must be a whole number from ${least} to ${most} (got "${text}").`);
}

/** Names of this machine: RFC 6761 keeps `localhost` and what ends with it, RFC 1122 keeps 127.0.0.0/8. */
const LOOPBACK = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])\.?$/;

function refuseRemote({ hostname }: URL): void {
  if (LOOPBACK.test(hostname)) return;
  throw new UsageError(
    `[rumkit] ${hostname} may be another machine, where made-up visitors would be counted among real ones. Add --allow-remote if it is a collector for tests.`,
  );
}

function showProgress(plan: LoadPlan, run: LoadRun): { end(): void } | undefined {
  if (!process.stderr.isTTY) return undefined;
  const start = Date.now();
  return createProgressLine(process.stderr, () => renderProgress(plan, run, Date.now() - start));
}

/** Ends the run at the first signal, and the process at the second. */
function onInterrupts() {
  const interrupts = {
    stop: (): void => process.exit(130),
    line: undefined as { end(): void } | undefined,
    release: (): void => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
  let signals = 0;
  function onSignal(): void {
    signals += 1;
    if (signals === 1) interrupts.stop();
    else process.exit(130);
  }
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return interrupts;
}
