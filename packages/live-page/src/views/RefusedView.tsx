import type { LiveTotal } from "@rumkit/protocol";
import { useMemo } from "react";
import { formatCount } from "../numbers/format.ts";
import { type Refusal, readRefusals } from "./refusals.ts";

/** Lists the things that were not counted, by reason, with the setting or line to change. */
export function RefusedView({ totals }: { totals: ReadonlyMap<string, LiveTotal> }) {
  const sections = useMemo(() => readRefusals(totals), [totals]);
  if (sections.length === 0)
    return (
      <p className="card nothing">
        Nothing was refused, dropped or limited since the counters began. Each event that came was counted.
      </p>
    );
  return sections.map(({ title, rows }) => (
    <section className="panel refused" key={title} aria-label={title}>
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
  ));
}

function RefusalRow({ row: { what, reason, advice, count } }: { row: Refusal }) {
  return (
    <tr>
      <td className="name">{withCode(capitalize(what))}</td>
      <td>{reason && <code>{reason}</code>}</td>
      <td>{withCode(advice.why)}</td>
      <td>{advice.change ? withCode(advice.change) : <span className="hint">Nothing.</span>}</td>
      <td className="count">{formatCount(count)}</td>
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
