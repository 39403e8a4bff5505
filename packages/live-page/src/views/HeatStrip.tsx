import type { LiveDurations, LiveHeat } from "@rumkit/protocol";
import { useState } from "react";
import { formatCount, renderClock, renderDuration, renderSpan, renderTime } from "../numbers/format.ts";

interface HeatStripProps {
  durations: LiveDurations;
  heat: LiveHeat;
}

/** The answers of the backend by time and duration: the darker a cell, the more answers. */
export function HeatStrip({ durations: { from, to, step }, heat }: HeatStripProps) {
  const all = heat.columns.flat().reduce((sum, count) => sum + count, 0);
  const of = heat.of === undefined ? "all routes" : heat.of.value;
  const description = `${formatCount(all)} answers in ${renderSpan(to - from)}, of ${of}`;
  return (
    <section className="panel heat" aria-label="Duration of requests over time">
      <h2>
        Duration of requests <span className="hint">{`${description}; in steps of ${step} s`}</span>
      </h2>
      {all === 0 ? (
        <p className="empty">{heat.of ? "No data for this filter." : "No request in this time."}</p>
      ) : (
        <>
          <Strip heat={heat} from={from} step={step} label={`${description}. The table has the numbers.`} />
          <p className="heatTimes hint" aria-hidden="true">
            <span>{renderClock(from * 1000)}</span>
            <span>{renderClock(((from + to) / 2) * 1000)}</span>
            <span>{renderClock(to * 1000)}</span>
          </p>
          <HeatTable heat={heat} from={from} step={step} />
        </>
      )}
    </section>
  );
}

interface CellsProps {
  heat: LiveHeat;
  /** Unix seconds of the first column, and the seconds of each. */
  from: number;
  step: number;
}

function Strip({ heat, from, step, label }: CellsProps & { label: string }) {
  const { columns, bounds } = heat;
  const rows = bounds.length + 1;
  const most = Math.max(1, ...columns.flat());
  return (
    <div className="heatBody">
      <ol className="heatRows hint" aria-hidden="true">
        {Array.from({ length: rows }, (_, row) => (
          <li key={row}>{renderRow(bounds, rows - 1 - row)}</li>
        ))}
      </ol>
      <svg viewBox={`0 0 ${columns.length} ${rows}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {columns.flatMap((column, x) =>
          column.map(
            (count, row) =>
              count > 0 && (
                <rect
                  key={`${x} ${row}`}
                  x={x + 0.04}
                  y={rows - 1 - row + 0.04}
                  width={0.92}
                  height={0.92}
                  // The square root keeps single slow answers visible beside hundreds of fast ones.
                  fillOpacity={0.15 + 0.85 * Math.sqrt(count / most)}
                >
                  <title>{`${renderTime((from + x * step) * 1000)}, ${renderRow(bounds, row)}: ${formatCount(count)}`}</title>
                </rect>
              ),
          ),
        )}
      </svg>
    </div>
  );
}

/** "up to 100 ms", "above 2.5 s". */
function renderRow(bounds: readonly number[], row: number): string {
  const bound = bounds[row];
  return bound === undefined
    ? `above ${renderDuration(bounds.at(-1) ?? 0)}`
    : `up to ${renderDuration(bound)}`;
}

/** The numbers of the strip, for people who do not see it, and to copy. In the document only while it is open. */
function HeatTable({ heat, from, step }: CellsProps) {
  const [isOpen, setOpen] = useState(false);
  const rows = Array.from({ length: heat.bounds.length + 1 }, (_, row) => renderRow(heat.bounds, row));
  return (
    <details className="dataTable" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        <div className="scroller" tabIndex={0} role="region" aria-label="Duration of requests as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {rows.map((row) => (
                  <th key={row} scope="col" className="count">
                    {row}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {heat.columns.map((column, index) => (
                <tr key={index}>
                  <td>{renderTime((from + index * step) * 1000)}</td>
                  {column.map((count, row) => (
                    <td key={row} className="count" data-title={rows[row]}>
                      {formatCount(count)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
