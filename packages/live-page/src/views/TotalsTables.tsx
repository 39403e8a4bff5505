import type { LiveTotal } from "@rumkit/protocol";
import { useContext, useId, useMemo } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterNumber, FilterValue } from "../filter/FilterValue.tsx";
import { narrowTotals } from "../filter/narrowTotals.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { type FilledTable, fillTable, type TotalsSpec } from "./totalsTable.ts";

interface TotalsTablesProps {
  tables: readonly TotalsSpec[];
  totals: ReadonlyMap<string, LiveTotal>;
}

interface NarrowedTable {
  readonly spec: TotalsSpec;
  /** Undefined if no series passes the filter. */
  readonly table: FilledTable | undefined;
  /** Labels of the filter that the table does not have. */
  readonly unfiltered: readonly string[];
}

/** Tables of totals: those for which there are any. */
export function TotalsTables({ tables, totals }: TotalsTablesProps) {
  const { filter } = useContext(FilterContext);
  const shown = useMemo(
    () =>
      tables
        .filter((spec) => fillTable(spec, totals) !== undefined)
        .map((spec): NarrowedTable => {
          const isOfTable = (metric: string) => spec.columns.some((column) => column.metric === metric);
          const narrowed = narrowTotals(totals, filter, isOfTable);
          return { spec, table: fillTable(spec, narrowed.totals), unfiltered: narrowed.unfiltered };
        }),
    [tables, totals, filter],
  );
  return (
    <div className="totalsTables">
      {shown.map((table, index) => (
        <OneTable key={index} {...table} />
      ))}
    </div>
  );
}

function OneTable({ spec: { title, note }, table, unfiltered }: NarrowedTable) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span className="hint">{note}</span>
      </h2>
      <NotFiltered what="the collector does not count this by it." labels={unfiltered} />
      {table ? (
        <div className="scroller" tabIndex={0} role="region" aria-label={`${title} as a table`}>
          <Cells table={table} />
        </div>
      ) : (
        <p className="empty">No data for this filter.</p>
      )}
      {table && table.more > 0 && <p className="empty">{`${table.more} more rows.`}</p>}
    </section>
  );
}

function Cells({ table: { heads, labels, columns, rows } }: { table: FilledTable }) {
  return (
    <table className={heads.length === 0 ? "byLabel plain" : "byLabel"}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          {columns.map((column, index) => (
            <th key={index} scope="col" className="count">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.heads.join("\n")}>
            {row.heads.map((head, index) => (
              <td key={index} className="name">
                <FilterValue label={labels[index]!} value={head} />
              </td>
            ))}
            {row.cells.map(({ text, labels: counted }, index) => (
              <td key={index} className="count" data-title={columns[index]}>
                {text === "–" ? text : <FilterNumber text={text} labels={counted} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
