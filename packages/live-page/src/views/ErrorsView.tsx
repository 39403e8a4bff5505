import type { ErrorGroup, ErrorGroups } from "@rumkit/protocol";
import { useContext, useMemo, useState } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { narrowErrors, unfilteredOfErrors } from "../filter/narrowErrors.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { formatCount } from "../numbers/format.ts";
import { rankErrors } from "../overview/errorOrder.ts";
import { ErrorRow } from "./ErrorRow.tsx";
import { matcherOf } from "../filter/matchWords.ts";
import { SearchField } from "../filter/SearchField.tsx";

interface ErrorsViewProps {
  /** Undefined until the collector has answered. */
  errors: ErrorGroups | undefined;
  /** The newest release, if there was an earlier one. */
  release: string | undefined;
}

/**
 * The groups of errors that pages reported. A row opens its stack.
 *
 * All texts come from untrusted browsers. They are only ever text nodes, never markup, URLs or styles.
 */
export function ErrorsView({ errors, release }: ErrorsViewProps) {
  const [words, setWords] = useState("");
  const { filter } = useContext(FilterContext);
  const ranked = useMemo(
    () => rankErrors(narrowErrors(errors?.groups ?? [], filter), release),
    [errors, release, filter],
  );
  const shown = useMemo(() => {
    const matches = matcherOf(words);
    return ranked.filter(({ group }) => matches(textOf(group)));
  }, [ranked, words]);
  return (
    <section className="panel" aria-labelledby="errorsTitle">
      <h2 id="errorsTitle">
        Errors of pages{" "}
        <span className="hint">
          {release === undefined ? "most frequent first" : `new in ${release} first`}
        </span>
      </h2>
      <NotFiltered what="groups of errors do not have it." labels={unfilteredOfErrors(filter)} />
      {(errors?.groups.length ?? 0) > 0 && (
        <SearchField
          label="Search errors"
          placeholder="Search by message, route, release or stack"
          value={words}
          onChange={setWords}
        />
      )}
      <ul className="errorGroups">
        {shown.map((entry) => (
          <ErrorRow key={entry.group.fingerprint} entry={entry} release={release} />
        ))}
      </ul>
      <p className="empty">{renderNote(errors, shown.length, filter.size)}</p>
    </section>
  );
}

function textOf({ name, message, stack, fingerprint, ...group }: ErrorGroup): string {
  const { routes, releases, sources, browsers } = group;
  const labels = [routes, releases, sources, browsers].flatMap((counts) => Object.keys(counts));
  return [name, message, fingerprint, ...labels, ...stack].join(" ");
}

function renderNote(errors: ErrorGroups | undefined, shown: number, filters: number): string {
  if (!errors) return "Waiting for the errors…";
  if (errors.groups.length === 0) return "No error was reported since the collector started.";
  if (shown === 0)
    return filters > 0
      ? "No data for this filter: no group of errors has it."
      : "No error matches. Try fewer words.";
  const dropped =
    errors.forgotten > 0
      ? ` ${formatCount(errors.forgotten)} of them in groups that were dropped for newer ones.`
      : "";
  const atMost =
    filters > 1 ? " With several filters, at most so many errors of a group have all of them." : "";
  return `Groups: ${shown} of ${errors.remembered}. Errors since the collector started: ${formatCount(errors.seen)}.${dropped}${atMost}`;
}
