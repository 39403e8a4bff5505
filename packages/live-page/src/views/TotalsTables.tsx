import type { LiveTotal } from "@rumkit/protocol";
import { useId, useMemo } from "react";
import { type FilledTable, fillTable, type TotalsSpec } from "./totalsTable.ts";

interface TotalsTablesProps {
  tables: readonly TotalsSpec[];
  totals: ReadonlyMap<string, LiveTotal>;
}

/** Tables of totals: those for which there are any. */
export function TotalsTables({ tables, totals }: TotalsTablesProps) {
  const filled = useMemo(
    () => tables.map((spec) => fillTable(spec, totals)).filter((table) => table !== undefined),
    [tables, totals],
  );
  return (
    <div className="totalsTables">
      {filled.map((table, index) => (
        <OneTable key={index} table={table} />
      ))}
    </div>
  );
}

function OneTable({ table: { title, note, heads, columns, rows, more } }: { table: FilledTable }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span className="hint">{note}</span>
      </h2>
      <div className="scroller" tabIndex={0} role="region" aria-label={`${title} as a table`}>
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
                    {head}
                  </td>
                ))}
                {row.cells.map((cell, index) => (
                  <td key={index} className="count" data-title={columns[index]}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p className="empty">{`${more} more rows.`}</p>}
    </section>
  );
}
