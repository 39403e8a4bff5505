import type { LiveTotal } from "@rumkit/protocol";
import { useState } from "react";
import { renderTotal } from "../numbers/format.ts";
import { createTotalRows } from "../numbers/totalRows.ts";

/** Most rows in the document: more are not readable, and each row slows the paint of every frame. */
const MAX_ROWS = 200;

/** A collapsed table of all series, with the values that a scrape would return now. */
export function TotalsTable({ totals }: { totals: ReadonlyMap<string, LiveTotal> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="panel totals" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>Current metric values</h2> <span className="hint">{totals.size} non-zero series</span>
      </summary>
      {isOpen && <FilteredTotals totals={totals} />}
    </details>
  );
}

function FilteredTotals({ totals }: { totals: ReadonlyMap<string, LiveTotal> }) {
  const [filter, setFilter] = useState("");
  const [rowsOf] = useState(createTotalRows);
  const rows = rowsOf(totals, filter);
  return (
    <>
      <input
        className="filter"
        type="search"
        aria-label="Filter series"
        placeholder="Filter by metric or label, e.g. conversions purchase"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Labels</th>
            <th scope="col" className="count">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map(({ key, metric, labels }) => (
            <tr key={key}>
              <td className="name">{metric}</td>
              <td className="details">{labels}</td>
              <td className="count">{renderTotal(totals.get(key)!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <RowNote shown={rows.length} />
    </>
  );
}

function RowNote({ shown }: { shown: number }) {
  if (shown === 0) return <p className="empty">No series match. Try fewer words.</p>;
  if (shown <= MAX_ROWS) return null;
  return <p className="empty">{`${shown - MAX_ROWS} more: narrow the filter.`}</p>;
}
