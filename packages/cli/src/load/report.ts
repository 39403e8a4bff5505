import type { Comparison, Row } from "./compare.ts";
import type { LoadPlan } from "./plan.ts";
import type { LoadEnd } from "./runLoad.ts";
import type { Tally } from "./tally.ts";

/** Everything that a load test has found. */
export interface LoadReport {
  readonly plan: Pick<LoadPlan, "root" | "visitors" | "seed" | "run">;
  readonly end: LoadEnd;
  /** Milliseconds of the run. */
  readonly ms: number;
  readonly tally: Tally;
  /** Undefined if the counters could not be read at the end; `fault` says why. */
  readonly comparison: Comparison | undefined;
  readonly fault: string | undefined;
}

const ENDS: Readonly<Record<LoadEnd, string | undefined>> = {
  done: undefined,
  stopped: "It was stopped before all visits were over.",
  duration: "Its time was up before all visits were over.",
  silence: "The collector stopped answering. The visitors left after 30 s of failed requests.",
};

const SHARES = [0.5, 0.95, 0.99] as const;

/** Renders a report for people. */
export function renderReport(report: LoadReport): string {
  const { plan, ms, tally, comparison } = report;
  const { begun, ended } = tally.visits;
  const head = `Load test of ${plan.root}: ${ended} of ${begun} visits by ${plan.visitors} visitors in ${(ms / 1_000).toFixed(1)} s, seed ${plan.seed}, run ${plan.run}`;
  const requests = [...tally.requests]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([status, count]) => `${count} × ${status}`);
  const lines = [head, `Requests: ${requests.join(", ") || "none"}${timesOf(tally)}`, ""];
  if (comparison) lines.push(...table(comparison), "");
  return `${[...lines, ...findings(report)].join("\n")}\n`;
}

function timesOf({ times }: Tally): string {
  const highest = times.highest();
  if (highest === undefined) return "";
  const quantiles = SHARES.map((share) => `p${share * 100} ${milliseconds(times.quantile(share)!)}`);
  return `; ${quantiles.join(", ")}, longest ${milliseconds(highest)}`;
}

function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

function table({ rows, reasons }: Comparison): string[] {
  const cells = [
    ["", "sent", "counted", ""],
    ...rows.map((row) => [row.name, show(row, row.sent), show(row, row.counted), differenceOf(row)]),
  ];
  const others = [
    ["", "answered", "counted", ""],
    ...reasons.map(({ name, answered, counted }) => [name, String(answered), String(counted), ""]),
  ];
  const all = reasons.length > 0 ? [...cells, ["", "", "", ""], ...others] : cells;
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map(([name = "", left = "", right = "", note = ""]) =>
    `${name.padEnd(widths[0]!)}  ${left.padStart(widths[1]!)}  ${right.padStart(widths[2]!)}  ${note}`.trimEnd(),
  );
}

function show({ decimals }: Row, value: number): string {
  return (value / 10 ** decimals).toFixed(decimals);
}

function differenceOf(row: Row): string {
  const { sent, counted } = row;
  if (sent === counted) return "";
  return `${counted > sent ? "+" : "-"}${show(row, Math.abs(counted - sent))}`;
}

/** One sentence for each cause of a difference. */
export function findings({ end, tally, comparison, fault }: LoadReport): string[] {
  const found = [ENDS[end], ...causesOf(tally)].filter((line) => line !== undefined);
  if (!comparison) return [...found, `Not compared: ${fault}`];
  if (comparison.hasRestarted)
    found.push(
      "The collector was started again during the run: its counts of batches began at 0, and without a journal all counts did.",
    );
  for (const row of comparison.rows) {
    const { name, counted, least, most } = row;
    if (counted < least)
      found.push(`Loss: ${show(row, least - counted)} of ${name} were acknowledged and not counted.`);
    if (counted > most)
      found.push(
        `Other traffic: ${show(row, counted - most)} of ${name} were counted that this run did not send.`,
      );
  }
  found.push(
    comparison.isEqual
      ? "Equal: everything that was sent was counted, once."
      : "Different: not everything that was sent was counted, or something else was.",
  );
  return found;
}

function causesOf({ counts, refused, rejected }: Tally): string[] {
  const causes: string[] = [];
  if (counts.unanswered > 0)
    causes.push(`Unanswered: ${counts.unanswered} batches. The collector may have counted them.`);
  for (const [why, count] of refused) causes.push(`Refused: ${count} batches with ${why}.`);
  for (const [code, count] of rejected) causes.push(`Rejected: ${count} events with ${code}.`);
  if (counts.countedBefore > 0)
    causes.push(`Counted before: ${counts.countedBefore} batches, by an earlier run of the same name.`);
  if (counts.bot > 0) causes.push(`Crawlers: ${counts.bot} events were counted as a crawler's.`);
  if (counts.overload > 0) causes.push(`Overload: ${counts.overload} events were left out.`);
  return causes;
}

/** Renders a report for programs. Times are in milliseconds, money in minor units. */
export function renderJson(report: LoadReport): string {
  const { plan, end, ms, tally, comparison, fault } = report;
  const { times, visits, requests } = tally;
  return `${JSON.stringify({
    url: plan.root,
    seed: plan.seed,
    run: plan.run,
    end,
    ms: Math.round(ms),
    visits,
    requests: Object.fromEntries(requests),
    latencyMs: {
      p50: times.quantile(0.5),
      p95: times.quantile(0.95),
      p99: times.quantile(0.99),
      max: times.highest(),
    },
    ...(comparison ? { equal: comparison.isEqual } : { equal: false, fault }),
    rows: comparison?.rows,
    reasons: comparison?.reasons,
    findings: findings(report),
  })}\n`;
}
