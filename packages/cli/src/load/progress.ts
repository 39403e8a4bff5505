import type { LoadPlan } from "./plan.ts";
import type { LoadRun } from "./runLoad.ts";

/** One line about a run that goes on. */
export function renderProgress(
  plan: Pick<LoadPlan, "holdMs" | "visitors" | "visits">,
  { tally, inside }: Pick<LoadRun, "tally" | "inside">,
  ms: number,
): string {
  const { visits, batches, requests, counts } = tally;
  const total = plan.holdMs === undefined ? ` of ${plan.visitors * plan.visits}` : "";
  const sent = [...requests.values()].reduce((sum, count) => sum + count, 0);
  const p95 = tally.times.quantile(0.95);
  return [
    `${Math.round(ms / 1_000)} s`,
    `${inside()} visitors`,
    `${visits.ended}${total} visits`,
    `${batches.sent} batches`,
    `${sent} requests`,
    ...(p95 === undefined ? [] : [`p95 ${p95.toFixed(1)} ms`]),
    ...(counts.unanswered > 0 ? [`${counts.unanswered} unanswered`] : []),
  ].join(", ");
}

/** A line of a terminal that is written again and again. */
export function createProgressLine(
  terminal: { readonly columns?: number; write(text: string): unknown },
  render: () => string,
  everyMs = 500,
): { end(): void } {
  const width = (terminal.columns ?? 80) - 1;
  const timer = setInterval(() => terminal.write(`\r\u001b[K${render().slice(0, width)}`), everyMs);
  return {
    end: () => {
      clearInterval(timer);
      terminal.write("\r\u001b[K");
    },
  };
}
