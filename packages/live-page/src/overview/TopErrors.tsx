import type { ErrorGroups } from "@rumkit/protocol";
import { useContext } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterValue } from "../filter/FilterValue.tsx";
import { narrowErrors, unfilteredOfErrors } from "../filter/narrowErrors.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { formatCount } from "../numbers/format.ts";
import { BarRow } from "./BarRow.tsx";
import { rankErrors, type RankedError } from "./errorOrder.ts";

/** Rows in the overview: the rest is in the view of errors. */
const ROWS = 5;

interface TopErrorsProps {
  errors: ErrorGroups | undefined;
  release: string | undefined;
}

/** The errors of pages: those that are new in the last release first. */
export function TopErrors({ errors, release }: TopErrorsProps) {
  const { filter } = useContext(FilterContext);
  const groups = rankErrors(narrowErrors(errors?.groups ?? [], filter), release).slice(0, ROWS);
  const most = Math.max(1, ...groups.map(({ group }) => group.count));
  return (
    <section className="card" id="errors" aria-label="Errors">
      <h2>
        Errors{" "}
        <span className="hint">{release === undefined ? "most frequent" : "new in this release first"}</span>
      </h2>
      <NotFiltered what="groups of errors do not have it." labels={unfilteredOfErrors(filter)} />
      {groups.length === 0 && (
        <p className="nothing">{filter.size > 0 ? "No data for this filter." : "No error was reported."}</p>
      )}
      <ul className="bars">
        {groups.map((entry) => (
          <ErrorBar key={entry.group.fingerprint} entry={entry} release={release} most={most} />
        ))}
      </ul>
    </section>
  );
}

interface ErrorBarProps {
  entry: RankedError;
  release: string | undefined;
  most: number;
}

function ErrorBar({ entry: { group, isNew }, release, most }: ErrorBarProps) {
  const { fingerprint, name, message, routes, stack, count } = group;
  const note = isNew && release !== undefined ? { label: "release", value: release } : routeOf(routes);
  return (
    <BarRow
      name={
        <span title={stack.join("\n")}>
          <FilterValue label="fingerprint" value={fingerprint} text={`${name}: ${message}`} />
        </span>
      }
      note={note && <FilterValue {...note} text={isNew ? `new in ${note.value}` : note.value} />}
      number={<FilterValue label="fingerprint" value={fingerprint} text={formatCount(count)} />}
      share={count / most}
      isBad
    />
  );
}

function routeOf(routes: Readonly<Record<string, number>>) {
  const [route] = Object.keys(routes);
  return route === undefined ? undefined : { label: "route", value: route };
}
