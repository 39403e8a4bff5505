import type { LiveDurationRow, LiveDurations, LiveDurationTable } from "@rumkit/protocol";
import { useContext, useId } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterNumber, FilterValue } from "../filter/FilterValue.tsx";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { formatCount, renderDuration, renderSpan } from "../numbers/format.ts";

/** The titles of the tables, by histogram. Other histograms are of requests. */
const TITLES: Readonly<Record<string, string>> = {
  rum_api_request_duration_seconds: "Duration of API calls, as pages see them",
  job_duration_seconds: "Duration of jobs",
  stream_duration_seconds: "Duration of streams",
  database_query_duration_seconds: "Duration of queries of the database",
};

interface DurationTablesProps {
  durations: LiveDurations;
  /** The metrics of the view; undefined for all. */
  only?: (metric: string) => boolean;
}

/** Quantiles of durations in the last minutes, by route, endpoint, job, stream and table of the database. */
export function DurationTables({ durations: { from, to, tables }, only = () => true }: DurationTablesProps) {
  return (
    <div className="totalsTables">
      {tables
        .filter(({ metric }) => only(metric))
        .map((table) => (
          <DurationTable key={table.metric} table={table} span={renderSpan(to - from)} />
        ))}
    </div>
  );
}

function DurationTable({ table: { metric, label, rows }, span }: { table: LiveDurationTable; span: string }) {
  const id = useId();
  const { filter } = useContext(FilterContext);
  const chosen = filter.get(label);
  const shown = rows.filter(({ value }) => chosen === undefined || value === chosen);
  const title = Object.hasOwn(TITLES, metric) ? TITLES[metric]! : "Duration of requests by route";
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span className="hint">last {span}</span>
      </h2>
      <NotFiltered
        what="the collector keeps these quantiles by one label only."
        labels={[...filter.keys()].filter((name) => name !== label)}
      />
      {shown.length === 0 ? (
        <p className="empty">No data for this filter.</p>
      ) : (
        <div className="scroller" tabIndex={0} role="region" aria-label={`${title} as a table`}>
          <Quantiles label={label} rows={shown} />
        </div>
      )}
    </section>
  );
}

function Quantiles({ label, rows }: Pick<LiveDurationTable, "label" | "rows">) {
  return (
    <table className="byLabel">
      <thead>
        <tr>
          <th scope="col">{label.replace(/^\w*_/, "").replace(/^./, (first) => first.toUpperCase())}</th>
          {COLUMNS.map(([name]) => (
            <th key={name} scope="col" className="count">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.value} row={row} label={label} />
        ))}
      </tbody>
    </table>
  );
}

const COLUMNS: readonly [name: string, read: (row: LiveDurationRow) => string][] = [
  ["Count", ({ count }) => formatCount(count)],
  ["Median", ({ p50 }) => renderQuantile(p50)],
  ["95th percentile", ({ p95 }) => renderQuantile(p95)],
  ["99th percentile", ({ p99 }) => renderQuantile(p99)],
];

/** The collector stores a duration of up to a millisecond as 0. */
function renderQuantile(seconds: number): string {
  return seconds === 0 ? "up to 1 ms" : renderDuration(seconds);
}

function Row({ row, label }: { row: LiveDurationRow; label: string }) {
  return (
    <tr>
      <td className="name">
        <FilterValue label={label} value={row.value} />
      </td>
      {COLUMNS.map(([name, read]) => (
        <td key={name} className="count" data-title={name}>
          <FilterNumber text={read(row)} labels={{ [label]: row.value }} />
        </td>
      ))}
    </tr>
  );
}
