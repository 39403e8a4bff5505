/** Load on a license server that runs: borrows and returns by many users, then the count of both sides. */
import { parseArgs } from "node:util";
import { MODES, PROFILES, type ProfileName, runLoad } from "./load/runLoad.ts";
import { renderReport } from "./load/renderReport.ts";

const USAGE = `Usage: node load.ts [--profile light|medium|heavy|extreme] [--mode full-cycle|checkout-only] [options]

  --profile <name>   light 5 users x 20 operations (default), medium 10 x 50, heavy 20 x 100, extreme 50 x 200
  --mode <name>      full-cycle: borrow, hold, return (default). checkout-only: keep everything
  --ramp-up <s>      seconds over which the users arrive. Default 2, 5, 10 or 20, by profile
  --hold <s>         seconds that a user keeps a license, on average. Default 0.2
  --seed <n>         other choices; the same number makes the same ones. Default 1
  --origin <url>     the server. Default http://127.0.0.1:4000; only this machine
  --anywhere         allows another machine as --origin: ask its owner first
`;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The longest ramp-up and hold: an hour. */
const MOST_SECONDS = 3_600;

const values = readFlags();
const profile = choose("--profile", values.profile, Object.keys(PROFILES) as ProfileName[]);
const { users, operations, rampUpS } = PROFILES[profile];
const plan = {
  users,
  operations,
  mode: choose("--mode", values.mode, MODES),
  rampUpMs: 1_000 * readSeconds("--ramp-up", values["ramp-up"] ?? String(rampUpS)),
  holdMs: 1_000 * readSeconds("--hold", values.hold),
  seed: /^\d{1,9}$/.test(values.seed)
    ? Number(values.seed)
    : fail(`--seed must be a whole number: "${values.seed}".`),
};
const origin = readOrigin(values.origin);
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

let done = 0;
const all = users * operations;
const show = (): void => console.log(`Load       ${done} of ${all} operations`);
const progress = setInterval(show, 2_000);
console.log(`Load       ${profile}: ${users} users x ${operations} operations, ${plan.mode}, at ${origin}`);
try {
  const report = await runLoad(plan, {
    ask: (path, init) => fetch(origin + path, init),
    signal: stop.signal,
    onProgress: (count) => (done = count),
  });
  show();
  console.log(renderReport(report));
  process.exitCode = Object.keys(report.missing).length > 0 ? 1 : 0;
} catch (error) {
  const { message, cause } = error as Error;
  fail(`${origin} cannot be measured: ${cause instanceof Error ? cause.message : message}`);
} finally {
  clearInterval(progress);
}

function readFlags() {
  try {
    const { values: given } = parseArgs({
      options: {
        profile: { type: "string", default: "light" },
        mode: { type: "string", default: "full-cycle" },
        "ramp-up": { type: "string" },
        hold: { type: "string", default: "0.2" },
        seed: { type: "string", default: "1" },
        origin: { type: "string", default: "http://127.0.0.1:4000" },
        anywhere: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    if (!given.help) return given;
  } catch (error) {
    fail(`${(error as Error).message}\n\n${USAGE}`);
  }
  process.stdout.write(USAGE);
  process.exit(0);
}

function choose<Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  return (
    names.find((name) => name === text) ?? fail(`${flag} must be one of ${names.join(", ")}: "${text}".`)
  );
}

function readSeconds(flag: string, text: string): number {
  if (/^\d{1,4}(\.\d{1,3})?$/.test(text) && Number(text) <= MOST_SECONDS) return Number(text);
  return fail(`${flag} must be seconds, ${MOST_SECONDS} at most: "${text}".`);
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    return fail(`--origin must be an address such as http://127.0.0.1:4000: "${text}".`);
  if (LOOPBACK.test(url.hostname) || values.anywhere) return url.origin;
  return fail(`--origin is another machine: ${url.host}. Add --anywhere if it is yours to load.`);
}

function fail(message: string): never {
  console.error(`[licenses] ${message}`);
  process.exit(1);
}
