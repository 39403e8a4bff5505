import { type Check, fail, ok, warn } from "./check.ts";
import { type Answer, ask, askWithToken, type Probe, readJson } from "./probe.ts";
import { scriptFile, scriptName } from "@rumkit/server/internal/script";

/** Seconds by which clocks may differ: the header `Date` has whole seconds, and requests take time. */
const CLOCK_WARN_S = 5;
const CLOCK_FAIL_S = 300;

/** The fraction of a limit from which `doctor` warns. */
const NEAR = 0.8;

/** Checks the collector itself: its journal, clock, series, bots, and the file for pages. */
export async function checkCollector(probe: Probe): Promise<Check[]> {
  const [ready, script, cardinality, metrics] = await Promise.all([
    askWithToken(probe, "/readyz"),
    ask(probe, "/rum.js", { headers: { "accept-encoding": "br, gzip" } }),
    askWithToken(probe, `${probe.apiPath}/cardinality`),
    askWithToken(probe, "/metrics"),
  ]);
  return [
    ...checkReadiness(ready),
    checkClock(ready, probe.now()),
    ...checkCardinality(cardinality, `${probe.apiPath}/cardinality`),
    checkBots(metrics),
    ...checkScript(script),
  ];
}

interface Readiness {
  readonly status?: string;
  readonly checks?: {
    readonly journal?: { readonly ok: boolean; readonly durable?: boolean; readonly failing?: string };
    readonly disk?: { readonly ok: boolean; readonly freeBytes?: number };
    readonly series?: { readonly ok: boolean; readonly used: number; readonly limit: number };
    readonly spool?: { readonly ok: boolean; readonly state: string; readonly bytes?: number };
  };
}

function checkReadiness({ status, text }: Answer): Check[] {
  const { status: state = String(status), checks = {} } = (readJson(text) ?? {}) as Readiness;
  const { journal, disk, spool } = checks;
  const found = [spool ? checkSpool(spool) : checkJournal(journal)];
  if (disk && !disk.ok)
    found.push(
      fail(
        "disk",
        disk.freeBytes === undefined
          ? "The disk of the journal is nearly full."
          : `The disk of the journal has ${Math.round(disk.freeBytes / 1e6)} MB left.`,
        "Free space, or move the journal.",
      ),
    );
  if (status !== 200 && found.every((check) => check.status !== "fail"))
    found.push(
      fail(
        "ready",
        `/readyz answers ${status}: ${state}.`,
        "Load balancers send it no requests. Wait, or see the collector's log.",
      ),
    );
  return found;
}

/** Of an edge, whose journal keeps nothing. */
function checkSpool({
  ok: isOk,
  state,
  bytes,
}: NonNullable<NonNullable<Readiness["checks"]>["spool"]>): Check {
  if (!isOk)
    return fail(
      "spool",
      `The log does not take messages, and the spool is ${state}: pages get 503.`,
      "Find out why the log is away. Raise maxSpoolBytes, or look at the disk of the spool.",
    );
  if (state === "empty") return ok("spool", "The log takes messages, and the spool is empty.");
  const size = bytes === undefined ? "" : ` It has ${Math.ceil(bytes / 1e6)} MB.`;
  return warn("spool", `Messages go through the spool: the log is or was away.${size}`, "Look at the log.");
}

function checkJournal(journal: NonNullable<Readiness["checks"]>["journal"]): Check {
  if (journal && !journal.ok)
    return fail(
      "journal",
      `The journal cannot write${journal.failing === undefined ? "" : `: ${journal.failing}`}.`,
      "See the collector's log, and the disk of the journal.",
    );
  if (journal?.durable === undefined)
    return warn("journal", "/readyz does not mention the journal.", "Is it reachable through the proxy?");
  if (!journal.durable)
    return warn(
      "journal",
      "The journal is in memory: counters begin at 0 after a restart.",
      "Give createCollector an openSqliteJournal({ path }); rumkit serve has one by default.",
    );
  return ok("journal", "Acknowledged events survive a restart.");
}

function checkClock({ headers }: Answer, now: number): Check {
  const date = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(date)) return ok("clock", "The answer has no Date to compare.");
  const seconds = Math.round(Math.abs(now - date) / 1000);
  if (seconds <= CLOCK_WARN_S) return ok("clock", "The clocks of the collector and of this machine agree.");
  const message = `The clocks of the collector and of this machine are ${seconds} s apart.`;
  const advice =
    "Run NTP on both: Prometheus refuses samples from the future, and time windows of rates shift.";
  return seconds > CLOCK_FAIL_S ? fail("clock", message, advice) : warn("clock", message, advice);
}

interface Room {
  readonly series: number;
  readonly limit: number;
}

interface Cardinality extends Room {
  readonly sides: Readonly<Record<string, Room>>;
  readonly metrics: readonly (Room & {
    readonly metric: string;
    readonly labels?: readonly { readonly open: boolean }[];
  })[];
}

const NO_TOKEN = "Set RUMKIT_TOKEN to a token of scope metrics.";

function checkCardinality(answer: Answer, path: string): Check[] {
  if (answer.status === 401 || answer.status === 403)
    return [warn("cardinality", "Series cannot be read without a token.", NO_TOKEN)];
  const report = readJson(answer.text) as Cardinality | undefined;
  if (answer.status !== 200 || !report?.sides)
    return [
      warn(
        "cardinality",
        `${path} answers ${answer.status}.`,
        "Is it reachable through the proxy, and mounted before a catch-all of the app? --api-path names another path of the API.",
      ),
    ];
  const isNear = ({ series, limit }: Room): boolean => limit > 0 && series >= NEAR * limit;
  // A metric whose labels are all declared is full by design, and so is app_info with the one release of the process.
  const open = report.metrics.filter(
    ({ labels = [], limit }) => limit > 1 && labels.some((label) => label.open),
  );
  const near = [
    ...(isNear(report) ? [`all series (${report.series} of ${report.limit})`] : []),
    ...Object.entries(report.sides)
      .filter(([, side]) => isNear(side))
      .map(([name, { series, limit }]) => `${name} (${series} of ${limit})`),
    ...open.filter(isNear).map(({ metric, series, limit }) => `${metric} (${series} of ${limit})`),
  ];
  return near.length === 0
    ? [ok("cardinality", `${report.series} of ${report.limit} series.`)]
    : [
        warn(
          "cardinality",
          `Close to the limit, where labels fold to __other__: ${near.slice(0, 5).join(", ")}.`,
          "Declare label values in the catalog, or raise seriesBudget. rumkit check shows the maximum of each metric.",
        ),
      ];
}

function checkBots({ status, text }: Answer): Check {
  if (status === 401 || status === 403)
    return warn("bots", "Bots cannot be counted without a token.", NO_TOKEN);
  if (status !== 200)
    return warn("bots", `/metrics answers ${status}.`, "Is it reachable through the proxy?");
  const valueOf = (metric: string): number =>
    Number(new RegExp(`^${metric} (\\S+)`, "m").exec(text)?.[1] ?? 0);
  const [bots, accepted] = [valueOf("rum_events_bot_total"), valueOf("rum_events_accepted_total")];
  if (bots > accepted)
    return warn(
      "bots",
      `${bots} events counted as bots', and ${accepted} as users'.`,
      'Test browsers (Playwright, Cypress, headless) are bots. Give the collector bots: "count" to count them, in tests only.',
    );
  return ok("bots", `${accepted} events of users, ${bots} of bots.`);
}

function checkScript({ status, headers, text }: Answer): Check[] {
  const advice = "A proxy in front changes responses: let it pass /rum.js unchanged.";
  if (status !== 200 || text === "")
    return [
      warn(
        "script",
        `/rum.js answers ${status}.`,
        "Pages without a bundler load it. Pass it on where you use it.",
      ),
    ];
  const isOurs = scriptName(text) === scriptName(scriptFile);
  const version = isOurs
    ? ok("version", "The collector and this command have the same version.")
    : warn(
        "version",
        "The collector serves a different version of the page's client than this command has.",
        "Update both, and print pinned script tags anew (rumkit script).",
      );
  const missing = ["etag", "cache-control", "content-encoding", "access-control-allow-origin"].filter(
    (name) => !headers.has(name),
  );
  return [
    version,
    missing.length === 0
      ? ok("script", `/rum.js is cached (${headers.get("cache-control")}) and compressed.`)
      : warn("script", `/rum.js is served without ${missing.join(", ")}.`, advice),
  ];
}
