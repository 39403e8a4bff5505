import type { LiveActivity, LiveEvent } from "@rumkit/protocol";
import { memo, useContext, useEffect, useMemo, useState } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterValue } from "../filter/FilterValue.tsx";
import { renderDetails, renderMoney, renderTime } from "../numbers/format.ts";
import type { TailEntry } from "../stream/liveState.ts";

/** Rows of the table. */
const ROWS = 12;

/** UTF-16 units of a cell at most. Pages may send 2048, but the row must stay readable. */
const LONGEST_CELL = 60;

/** Milliseconds between two changes of the rows, so that they can be read. */
const PACE_MS = 1_000;

interface ActivityTableProps {
  activity: LiveActivity;
  /** Newest first. */
  tail: readonly TailEntry[];
  isPaused: boolean;
}

/**
 * The last events that the catalog chooses. They stop while the pointer or the focus is on them.
 *
 * All texts come from untrusted clients. They are only ever text nodes, never markup, URLs or styles.
 */
export function ActivityTable({ activity, tail, isPaused }: ActivityTableProps) {
  const { filter } = useContext(FilterContext);
  const [isHeld, setHeld] = useState(false);
  const wanted = useMemo(
    () => tail.filter(({ event }) => isShown(activity, event)).slice(0, ROWS),
    [activity, tail],
  );
  const rows = usePaced(wanted, isHeld || isPaused, filter);
  return (
    <section
      className="card activity"
      aria-label={activity.title}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <h2>
        {activity.title} {isHeld && rows !== wanted && <span className="hint">held</span>}
      </h2>
      {rows.length === 0 ? (
        <p className="nothing">
          {filter.size > 0 ? "No data for this filter yet." : "Nothing yet."} Events appear here as they are
          counted.
        </p>
      ) : (
        <Rows activity={activity} rows={rows} />
      )}
    </section>
  );
}

function isShown({ events }: LiveActivity, { type, name, route }: LiveEvent): boolean {
  return events.some(
    (wanted) => wanted.type === type && wanted.name === (type === "page_view" ? route : name),
  );
}

/** The rows of a moment ago. Another filter shows its rows at once, and so do the first rows. */
function usePaced(rows: readonly TailEntry[], isHeld: boolean, filter: object): readonly TailEntry[] {
  const [shown, setShown] = useState({ rows, filter });
  const isNew = shown.filter !== filter || (shown.rows.length === 0 && rows.length > 0);
  if (isNew) setShown({ rows, filter });
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => setShown({ rows, filter }), PACE_MS - (Date.now() % PACE_MS));
    return () => clearTimeout(timer);
  }, [rows, isHeld, filter]);
  return isNew ? rows : shown.rows;
}

function Rows({ activity: { columns }, rows }: { activity: LiveActivity; rows: readonly TailEntry[] }) {
  const hasMoney = rows.some(({ event }) => event.money);
  return (
    <div className="scroller" tabIndex={0} role="region" aria-label="Events">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {wordsOf(column)}
              </th>
            ))}
            {columns.length === 0 && <th scope="col">Details</th>}
            {hasMoney && (
              <th scope="col" className="count">
                Amount
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ serial, event }) => (
            <Row key={serial} event={event} columns={columns} hasMoney={hasMoney} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  event: LiveEvent;
  columns: readonly string[];
  hasMoney: boolean;
}

const Row = memo(function Row({ event, columns, hasMoney }: RowProps) {
  const { at, type, name, count, money, details } = event;
  return (
    <tr>
      <td>
        <time>{renderTime(at)}</time>
      </td>
      <td>
        <FilterValue label={type} value={name} text={wordsOf(name || type)} />
        {count > 1 && <span className="hint"> ×{count}</span>}
      </td>
      {columns.map((column) => (
        <td key={column}>
          <Cell event={event} column={column} />
        </td>
      ))}
      {columns.length === 0 && <td className="details">{renderDetails({ details }).join(" ")}</td>}
      {hasMoney && <td className="count">{money && renderMoney(money)}</td>}
    </tr>
  );
});

function Cell({ event: { route = "", details }, column }: { event: LiveEvent; column: string }) {
  const value = column === "route" ? route : Object.hasOwn(details, column) ? details[column] : undefined;
  if (value === undefined || value === null || value === "") return "–";
  const text = String(value);
  return <FilterValue label={column} value={text} text={text.slice(0, LONGEST_CELL)} />;
}

function wordsOf(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
