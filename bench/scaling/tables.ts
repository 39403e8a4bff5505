import { type Plan, planFor } from "./plan.ts";
import { type Outcome, simulateOutage } from "./simulate.ts";
import { ASSUMED, MEASURED, type UnitCosts } from "./unitCosts.ts";

export const RATES = [10_000, 100_000, 1_000_000] as const;

const whole = (value: number): string => Math.round(value).toLocaleString("en");
/** Two digits. */
const rough = (value: number): string =>
  value >= 100 ? whole(Number(value.toPrecision(3))) : Number(value.toPrecision(2)).toString();
const percent = (share: number): string => `${rough(100 * share)} %`;

type Row = readonly [title: string, cell: (plan: Plan) => string];

const ROWS: readonly Row[] = [
  ["messages (batches) a second", ({ messagesPerSecond }) => whole(messagesPerSecond)],
  ["edges, one of them spare", ({ edges, edgeBusy }) => `${edges}, ${percent(edgeBusy)} of a core each`],
  [
    "aggregators",
    ({ aggregators, aggregateBusy }) => `${aggregators}, ${percent(aggregateBusy)} of a core each`,
  ],
  ["partitions", ({ partitions }) => whole(partitions)],
  [
    "messages a second in a partition",
    ({ messagesPerSecond, partitions }) => rough(messagesPerSecond / partitions),
  ],
  ["time in which a partition's disk syncs", ({ log }) => percent(log.syncing)],
  ["log, MB/s in one copy", ({ log }) => rough(log.megabytesPerSecond)],
  ["log, CPU cores of all its servers", ({ log }) => rough(log.cores)],
  [
    `log, TB on disks: ${ASSUMED.copies} copies, ${ASSUMED.keptSeconds / 3_600} h`,
    ({ log }) => rough(log.terabytes),
  ],
  ["ids of an aggregator: millions", ({ ids }) => rough(ids.millions)],
  ["their memory, MB", ({ ids }) => rough(ids.megabytes)],
  ["seconds of its start", ({ ids }) => rough(ids.startSeconds)],
  ["live process, merging", ({ liveBusy }) => `${percent(liveBusy)} of a core`],
  ["series of Prometheus", ({ prometheus }) => whole(prometheus.series)],
  ["samples a second", ({ prometheus }) => whole(prometheus.samplesPerSecond)],
  ["disk of Prometheus a day, GB", ({ prometheus }) => rough(prometheus.gigabytesADay)],
  ["memory of Prometheus, GB", ({ prometheus }) => rough(prometheus.memoryGigabytes)],
];

/** The plan for each rate, as a table of Markdown. */
export function renderPlan(): string {
  const plans = RATES.map((rate) => planFor(rate, MEASURED));
  const head = ["events a second", ...RATES.map(whole)];
  const align = ["---", ...RATES.map(() => "---:")];
  return lines([head, align, ...ROWS.map(([title, cell]) => [title, ...plans.map(cell)])]);
}

const COSTS: readonly (readonly [title: string, cost: keyof UnitCosts, unit: string, command: string])[] = [
  [
    "edge, from the socket to the log's acknowledgement",
    "edgeMicrosPerEvent",
    "µs of CPU an event",
    "bench -- scaling",
  ],
  [
    "aggregator, with its journal and its frames",
    "aggregateMicrosPerEvent",
    "µs of CPU an event",
    "bench -- scaling",
  ],
  [
    "server of the log, written once and read once",
    "logMicrosPerEvent",
    "µs of CPU an event",
    "bench -- scaling",
  ],
  ["log, one copy", "logBytesPerEvent", "bytes an event", "bench -- scaling"],
  ["live process, for each aggregator", "liveMillisPerAggregator", "ms of CPU a second", "bench -- scaling"],
  [
    "live process, for each series of it that changes",
    "liveMillisPerSeries",
    "ms of CPU a second",
    "bench -- scaling",
  ],
  ["`/metrics` of an edge", "linesPerEdge", "lines", "bench -- scaling"],
  ["a remembered id", "bytesPerId", "bytes of memory", "bench -- journal"],
  ["a remembered id at the start", "startMicrosPerId", "µs", "bench -- journal"],
  ["`/metrics` of an aggregator, example shop", "linesPerApp", "lines", "rumkit check"],
];

/** The measured costs, as a table of Markdown. */
export function renderCosts(): string {
  const head = ["what", "cost", "measured by"];
  const rows = COSTS.map(([title, cost, unit, command]) => [
    title,
    `${MEASURED[cost].toLocaleString("en")} ${unit}`,
    command.startsWith("bench") ? `\`npm run ${command}\`` : `\`npx ${command}\``,
  ]);
  return lines([head, ["---", "---", "---"], ...rows]);
}

/** Seconds for which the machine is lost. */
export const LOST_FOR = 60;

/** The loss of one machine at a rate: the share of one aggregator, which is all that the loss concerns. */
export function simulateRate(rate: number, costs: UnitCosts = MEASURED, seed = 1): Outcome {
  const { messagesPerSecond, aggregators, ids } = planFor(rate, costs);
  return simulateOutage({
    messagesPerSecond: messagesPerSecond / aggregators,
    microsPerMessage: costs.aggregateMicrosPerEvent * costs.eventsPerBatch,
    lostAt: 60,
    lostFor: LOST_FOR + ids.startSeconds,
    seconds: 400,
    repeated: 0.01,
    againAfter: [1, 240],
    seed,
  });
}

type OutcomeRow = readonly [title: string, cell: (outcome: Outcome) => string];

const OUTCOMES: readonly OutcomeRow[] = [
  ["batches of its partitions in 400 s", ({ sent }) => whole(sent)],
  ["messages, with those sent again", ({ messages }) => whole(messages)],
  ["lost", ({ lost }) => whole(lost)],
  ["counted twice", ({ doubled }) => whole(doubled)],
  [
    "counted twice by a reader that trusts the log's window of 2 min",
    ({ doubledByWindow }) => whole(doubledByWindow),
  ],
  ["read again after the return", ({ readAgain }) => whole(readAgain)],
  ["longest lag of a count, s", ({ longestLag }) => rough(longestLag)],
  ["after the return, s until it has caught up", ({ caughtUpAfter }) => rough(caughtUpAfter)],
];

/** The outcome of the loss of one machine, by rate, as a table of Markdown. */
export function renderSimulation(): string {
  const outcomes = RATES.map((rate) => simulateRate(rate));
  const head = ["events a second", ...RATES.map(whole)];
  const align = ["---", ...RATES.map(() => "---:")];
  return lines([head, align, ...OUTCOMES.map(([title, cell]) => [title, ...outcomes.map(cell)])]);
}

function lines(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
