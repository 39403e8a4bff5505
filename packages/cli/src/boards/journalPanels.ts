import { isAbove, onlyIf } from "../promql/condition.ts";
import { type Expression, sumBy } from "../promql/expression.ts";
import { highestFirst, lowestFirst } from "../promql/ranking.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** The age of what the disk has not taken yet. */
export function waiting(context: BoardContext): QueryPanel {
  return {
    name: "journal-waiting",
    title: "Oldest entry that waits for the disk",
    description:
      "Age of the oldest entry that is not durable yet. When it is above 5 s, the disk of the journal hangs: look at what else writes to it. Empty without a journal on a disk.",
    kind: "timeseries",
    queries: ofProcess(context, "rum_journal_waiting_seconds"),
    thresholds: [
      { value: null, color: "green" },
      { value: 1, color: "orange" },
      { value: 5, color: "red" },
    ],
  };
}

/** The state of the journal: it keeps entries, or fails. */
export function journalFailing(context: BoardContext): QueryPanel {
  return {
    name: "journal-failing",
    title: "Journal",
    description:
      "Whether the journal keeps what is accepted. When it is red, a kill of the process loses what was counted since: free space on the disk, and look at the errors beside it. Empty without a journal on a disk.",
    kind: "stat",
    queries: ofProcess(context, "rum_journal_failing", highestFirst),
    states: { "0": { text: "keeps", color: "green" }, "1": { text: "fails", color: "red" } },
  };
}

/** Free space. */
export function diskFree(context: BoardContext): QueryPanel {
  return {
    name: "journal-disk-free",
    title: "Free space on the journal's disk",
    description:
      "Free space on the disk of the journal. When it is red, make room before the journal fails: it grows to twice its log while it is compacted. Empty without a journal on a disk.",
    kind: "stat",
    queries: ofProcess(context, "rum_journal_disk_free_bytes", lowestFirst),
    thresholds: [
      { value: null, color: "red" },
      { value: 2 ** 30, color: "orange" },
      { value: 5 * 2 ** 30, color: "green" },
    ],
  };
}

/** The time of the disk. */
export function commitDuration({ promql }: BoardContext): QueryPanel {
  return {
    name: "journal-commit",
    title: "Time to write the journal",
    description:
      "Journal transactions by the time with their sync to the disk: the brighter, the more. When a band appears above 0.1 s, the disk is too slow or shared.",
    kind: "heatmap",
    queries: queryOf(promql, "rum_journal_commit_seconds", "{{le}}", (metric) =>
      sumBy(["le"], promql.bucketIncrease(metric, RATE_INTERVAL)),
    ),
  };
}

/** The size on the disk. */
export function journalSize({ promql }: BoardContext): QueryPanel {
  return {
    name: "journal-size",
    title: "Size of the journal",
    description:
      "Size of the journal on its disk, and of the log that a start would replay. When the log only climbs, it is never compacted: look at the errors beside it.",
    kind: "timeseries",
    queries: Object.entries({ rum_journal_bytes: "journal", rum_journal_log_bytes: "log" }).flatMap(
      ([family, legend]) => queryOf(promql, family, legend, (metric) => sumBy([], promql.gauge(metric))),
    ),
  };
}

/** Failures by reason. */
export function journalErrors({ promql }: BoardContext): QueryPanel {
  return {
    name: "journal-errors",
    title: "Journal errors per minute by reason",
    description:
      "Failures of the journal by reason. When one appears, the log of the process has the file and the error of the system.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "reason", { rum_journal_errors_total: "{{reason}}" }),
  };
}

/** A gauge of each process with a journal on a disk: of others it is 0, which would be a full disk. */
function ofProcess(
  { promql }: BoardContext,
  family: string,
  ranked = (expression: Expression): Expression => expression,
): QueryPanel["queries"] {
  const [, instance] = promql.process;
  return queryOf(promql, family, `{{${instance}}}`, (metric) =>
    ranked(
      onlyIf(
        sumBy([instance], promql.gauge(metric)),
        isAbove(sumBy([instance], promql.gauge("rum_journal_bytes")), 0),
      ),
    ),
  );
}
