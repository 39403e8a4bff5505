import type { LiveTotal } from "@rumkit/protocol";
import { useContext, useMemo } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterNumber, FilterValue } from "../filter/FilterValue.tsx";
import { narrowTotals } from "../filter/narrowTotals.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { formatCount } from "../numbers/format.ts";
import { isRefusal, type Refusal, readRefusals, type RefusalSection } from "./refusals.ts";

/** Lists the things that were not counted, by reason, with the setting or line to change. */
export function RefusedView({ totals }: { totals: ReadonlyMap<string, LiveTotal> }) {
  const { filter } = useContext(FilterContext);
  const { sections, unfiltered } = useMemo(() => {
    const narrowed = narrowTotals(totals, filter, isRefusal);
    return { sections: readRefusals(narrowed.totals), unfiltered: narrowed.unfiltered };
  }, [totals, filter]);
  return (
    <>
      <NotFiltered what="the collector counts refusals by reason." labels={unfiltered} />
      {sections.length === 0 && (
        <p className="card nothing">
          {filter.size > unfiltered.length
            ? "No data for this filter: nothing was refused with it."
            : "Nothing was refused, dropped or limited since the counters began. Each event that came was counted."}
        </p>
      )}
      {sections.map((section) => (
        <Section key={section.title} section={section} />
      ))}
    </>
  );
}

function Section({ section: { title, rows } }: { section: RefusalSection }) {
  return (
    <section className="panel refused" aria-label={title}>
      <h2>
        {title} <span className="hint">since the counters began</span>
      </h2>
      <table>
        <thead>
          <tr>
            {["What", "Reason", "Why", "To change"].map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            <th scope="col" className="count">
              Count
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <RefusalRow key={`${row.what} ${row.reason}`} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RefusalRow({ row: { what, label, reason, advice, count } }: { row: Refusal }) {
  return (
    <tr>
      <td className="name">{withCode(capitalize(what))}</td>
      <td>
        {reason && (
          <code>
            <FilterValue label={label} value={reason} />
          </code>
        )}
      </td>
      <td>{withCode(advice.why)}</td>
      <td>{advice.change ? withCode(advice.change) : <span className="hint">Nothing.</span>}</td>
      <td className="count">
        <FilterNumber text={formatCount(count)} labels={reason ? { [label]: reason } : {}} />
      </td>
    </tr>
  );
}

/** Shows what is between backticks as code. */
function withCode(sentence: string) {
  return sentence.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
