import type { ErrorGroup, ErrorGroups } from "@rumkit/protocol";
import { useMemo, useState } from "react";
import { formatCount, renderDate, renderTime } from "../numbers/format.ts";
import { rankErrors, type RankedError } from "../overview/errorOrder.ts";
import { matcherOf } from "./matchWords.ts";
import { SearchField } from "./SearchField.tsx";

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
  const [filter, setFilter] = useState("");
  const ranked = useMemo(() => rankErrors(errors?.groups ?? [], release), [errors, release]);
  const shown = useMemo(() => {
    const matches = matcherOf(filter);
    return ranked.filter(({ group }) => matches(textOf(group)));
  }, [ranked, filter]);
  return (
    <section className="panel" aria-labelledby="errorsTitle">
      <h2 id="errorsTitle">
        Errors of pages{" "}
        <span className="hint">
          {release === undefined ? "most frequent first" : `new in ${release} first`}
        </span>
      </h2>
      {ranked.length > 0 && (
        <SearchField
          label="Search errors"
          placeholder="Search by message, route, release or stack"
          value={filter}
          onChange={setFilter}
        />
      )}
      <ul className="errorGroups">
        {shown.map((entry) => (
          <ErrorRow key={entry.group.fingerprint} entry={entry} release={release} />
        ))}
      </ul>
      <p className="empty">{renderNote(errors, shown.length)}</p>
    </section>
  );
}

function textOf({ name, message, routes, releases, sources, stack, fingerprint }: ErrorGroup): string {
  const labels = [routes, releases, sources].flatMap((counts) => Object.keys(counts));
  return [name, message, fingerprint, ...labels, ...stack].join(" ");
}

function renderNote(errors: ErrorGroups | undefined, shown: number): string {
  if (!errors) return "Waiting for the errors…";
  if (errors.groups.length === 0) return "No error was reported since the collector started.";
  if (shown === 0) return "No error matches. Try fewer words.";
  const dropped =
    errors.forgotten > 0
      ? ` ${formatCount(errors.forgotten)} of them in groups that were dropped for newer ones.`
      : "";
  return `Groups: ${shown} of ${errors.remembered}. Errors since the collector started: ${formatCount(errors.seen)}.${dropped}`;
}

function ErrorRow({ entry: { group, isNew }, release }: { entry: RankedError; release: string | undefined }) {
  const { name, message, count, lastSeen, routes } = group;
  return (
    <li>
      <details>
        <summary>
          <span className="errorName">
            <b>{name}</b> {message}
          </span>
          {isNew && <span className="chip newError">new in {release}</span>}
          <span className="hint errorWhere">
            {mostFrequent(routes)} · last {renderMoment(lastSeen)}
          </span>
          <b className="errorCount">{formatCount(count)}</b>
        </summary>
        <ErrorDetails group={group} />
      </details>
    </li>
  );
}

function ErrorDetails({ group }: { group: ErrorGroup }) {
  const { firstSeen, lastSeen, releases, routes, sources, stack, resolved, fingerprint } = group;
  return (
    <div className="errorDetails">
      <dl className="facts">
        <Fact name="First seen" text={renderMoment(firstSeen)} />
        <Fact name="Last seen" text={renderMoment(lastSeen)} />
        <Fact name="Releases" text={renderCounts(releases)} />
        <Fact name="Routes" text={renderCounts(routes)} />
        <Fact name="Sources" text={renderCounts(sources)} />
        <Fact name="Fingerprint" text={fingerprint} />
      </dl>
      {stack.length > 0 && (
        <pre tabIndex={0} role="region" aria-label="Stack">
          {stack.join("\n")}
        </pre>
      )}
      <p className="hint">{renderOrigin(group.stack, resolved)}</p>
    </div>
  );
}

function renderOrigin(stack: readonly string[], resolved: boolean): string {
  if (stack.length === 0) return "The browser gave no stack.";
  return resolved
    ? "Resolved with a source map."
    : "Not resolved: upload the source maps of the release with `rumkit sourcemaps upload`.";
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text || "–"}</dd>
    </div>
  );
}

/** The time of day, with the date unless it is today. */
function renderMoment(ms: number): string {
  const date = renderDate(ms);
  return date === renderDate(Date.now()) ? renderTime(ms) : `${date}, ${renderTime(ms)}`;
}

function byCount(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).toSorted(([, a], [, b]) => b - a);
}

function mostFrequent(counts: Readonly<Record<string, number>>): string {
  return byCount(counts)[0]?.[0] ?? "no route";
}

function renderCounts(counts: Readonly<Record<string, number>>): string {
  return byCount(counts)
    .map(([name, count]) => `${name} (${formatCount(count)})`)
    .join(", ");
}
