import type { LiveTotal } from "@rumkit/protocol";
import { useContext, useMemo } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { narrowTotals } from "../filter/narrowTotals.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { formatCount } from "../numbers/format.ts";
import { COLLECTOR_TABLES } from "./backendTables.ts";
import { TotalsTable } from "./TotalsTable.tsx";
import { TotalsTables } from "./TotalsTables.tsx";

/** The collector itself: its journal, series, viewers and scrapes, and all that it counts. */
export function CollectorView({ totals }: { totals: ReadonlyMap<string, LiveTotal> }) {
  const { filter } = useContext(FilterContext);
  const narrowed = useMemo(() => narrowTotals(totals, filter), [totals, filter]);
  return (
    <>
      <SeriesBudget totals={totals} />
      <TotalsTables tables={COLLECTOR_TABLES} totals={totals} />
      <NotFiltered what="no metric has it as a label." labels={narrowed.unfiltered} />
      <TotalsTable totals={narrowed.totals} />
    </>
  );
}

/** The series against their limit, above which new label values count under `__other__`. */
function SeriesBudget({ totals }: { totals: ReadonlyMap<string, LiveTotal> }) {
  const limit = [...totals.values()].find(({ metric }) => metric === "rum_series_limit")?.value;
  if (limit === undefined) return null;
  return (
    <section className="card budget" aria-labelledby="budgetTitle">
      <h2 id="budgetTitle">Series against their limit</h2>
      <meter min={0} max={limit} high={limit * 0.8} value={totals.size} aria-labelledby="budgetTitle" />
      <p className="hint">
        {`${formatCount(totals.size)} series with a value, of ${formatCount(limit)}. Above the limit new label values count under __other__.`}
      </p>
    </section>
  );
}
