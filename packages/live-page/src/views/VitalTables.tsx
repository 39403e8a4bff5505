import type {
  LiveRatedVital,
  LiveVitalRow,
  LiveVitals,
  LiveVitalTable,
  WebVitalName,
} from "@rumkit/protocol";
import { useContext, useId } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterNumber, FilterValue } from "../filter/FilterValue.tsx";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { renderFigure, renderSpan } from "../numbers/format.ts";
import { Ratings } from "../overview/Ratings.tsx";

/** The unit of each vital, as its figure has it: columns in this order. */
const MEASURES = {
  LCP: { unit: "seconds", decimals: 2 },
  INP: { unit: "milliseconds", decimals: 0 },
  CLS: { unit: "score", decimals: 2 },
  FCP: { unit: "seconds", decimals: 2 },
  TTFB: { unit: "seconds", decimals: 2 },
} as const;

const COLUMNS = Object.keys(MEASURES) as WebVitalName[];

/** The Web Vitals of the last minutes, by route and by device. */
export function VitalTables({ vitals: { from, to, tables } }: { vitals: LiveVitals }) {
  if (tables.length === 0)
    return (
      <section className="panel" aria-label="Web Vitals">
        <h2>Web Vitals by route and device</h2>
        <p className="empty">{`No page view has reported its Web Vitals in the last ${renderSpan(to - from)}.`}</p>
      </section>
    );
  return (
    <div className="totalsTables">
      {tables.map((table) => (
        <VitalTable key={table.label} table={table} span={renderSpan(to - from)} />
      ))}
    </div>
  );
}

function VitalTable({ table: { label, rows }, span }: { table: LiveVitalTable; span: string }) {
  const id = useId();
  const { filter } = useContext(FilterContext);
  const chosen = filter.get(label);
  const shown = rows.filter(({ value }) => chosen === undefined || value === chosen);
  const title = `Web Vitals by ${label}`;
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span className="hint">75th percentile, last {span}</span>
      </h2>
      <NotFiltered
        what={`this table is by ${label} only.`}
        labels={[...filter.keys()].filter((name) => name !== label)}
      />
      {shown.length === 0 ? (
        <p className="empty">No data for this filter.</p>
      ) : (
        <div className="scroller" tabIndex={0} role="region" aria-label={`${title} as a table`}>
          <Vitals label={label} rows={shown} />
        </div>
      )}
    </section>
  );
}

function Vitals({ label, rows }: LiveVitalTable) {
  return (
    <table className="byLabel vitals">
      <thead>
        <tr>
          <th scope="col">{label.replace(/^./, (first) => first.toUpperCase())}</th>
          {COLUMNS.map((vital) => (
            <th key={vital} scope="col" className="count">
              {vital}
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

function Row({ row: { value, vitals }, label }: { row: LiveVitalRow; label: string }) {
  return (
    <tr>
      <td className="name">
        <FilterValue label={label} value={value} />
      </td>
      {COLUMNS.map((name) => {
        const rated = vitals.find(({ vital }) => vital === name);
        return (
          <td key={name} className="count" data-title={name}>
            {rated ? <Rated rated={rated} labels={{ [label]: value }} /> : "–"}
          </td>
        );
      })}
    </tr>
  );
}

function Rated({ rated, labels }: { rated: LiveRatedVital; labels: Readonly<Record<string, string>> }) {
  const { vital, p75 } = rated;
  const measure = MEASURES[vital];
  const value = measure.unit === "milliseconds" ? p75 * 1_000 : p75;
  return (
    <>
      <FilterNumber text={renderFigure(measure, value)} labels={labels} />
      <Ratings {...rated} />
    </>
  );
}
