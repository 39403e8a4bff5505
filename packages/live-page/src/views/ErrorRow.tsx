import { type ErrorGroup, EXACT_SESSIONS } from "@rumkit/protocol";
import { Fact } from "../alerts/Fact.tsx";
import { FilterValue } from "../filter/FilterValue.tsx";
import { formatCount, renderDate, renderTime } from "../numbers/format.ts";
import type { RankedError } from "../overview/errorOrder.ts";

interface ErrorRowProps {
  entry: RankedError;
  /** The newest release, if there was an earlier one. */
  release: string | undefined;
}

/** One group of errors. A click on it shows its facts and its stack. */
export function ErrorRow({ entry: { group, isNew }, release }: ErrorRowProps) {
  const { name, message, count, lastSeen, routes, sessions } = group;
  return (
    <li data-row={group.fingerprint}>
      <details>
        <summary>
          <span className="errorName">
            <b>{name}</b> {message}
          </span>
          {isNew && <span className="chip newError">new in {release}</span>}
          <span className="hint errorWhere">
            {mostFrequent(routes)} · {renderSessions(sessions)} · last {renderMoment(lastSeen)}
          </span>
          <b className="errorCount">{formatCount(count)}</b>
        </summary>
        <ErrorDetails group={group} />
      </details>
    </li>
  );
}

function ErrorDetails({ group }: { group: ErrorGroup }) {
  const { firstSeen, lastSeen, sessions, fingerprint, stack, resolved } = group;
  return (
    <div className="errorDetails">
      <dl className="facts">
        <Fact name="First seen">{renderMoment(firstSeen)}</Fact>
        <Fact name="Last seen">{renderMoment(lastSeen)}</Fact>
        <Fact name="Sessions">{renderSessions(sessions)}</Fact>
        <Counts name="Releases" label="release" counts={group.releases} />
        <Counts name="Routes" label="route" counts={group.routes} />
        <Counts name="Browsers" label="browser" counts={group.browsers} />
        <Counts name="Sources" label="source" counts={group.sources} />
        <Fact name="Fingerprint">
          <FilterValue label="fingerprint" value={fingerprint} />
        </Fact>
      </dl>
      {stack.length > 0 && (
        <pre tabIndex={0} role="region" aria-label="Stack">
          {stack.join("\n")}
        </pre>
      )}
      <p className="hint">
        <Origin stack={stack} isResolved={resolved} />
      </p>
    </div>
  );
}

function Origin({ stack, isResolved }: { stack: readonly string[]; isResolved: boolean }) {
  if (stack.length === 0) return "The browser gave no stack.";
  if (isResolved) return "Resolved with a source map.";
  return (
    <>
      Not resolved: upload the source maps of the release with <code>rumkit sourcemaps upload</code>.
    </>
  );
}

type CountsByValue = Readonly<Record<string, number>>;

/** The values of a label with their counts, most first. Each filters the page. */
function Counts({ name, label, counts }: { name: string; label: string; counts: CountsByValue }) {
  return (
    <Fact name={name}>
      {byCount(counts).length === 0 && "–"}
      {byCount(counts).map(([value, count], index) => (
        <span key={value}>
          {index > 0 && ", "}
          <FilterValue label={label} value={value} text={`${value} (${formatCount(count)})`} />
        </span>
      ))}
    </Fact>
  );
}

/** "4 sessions", "about 1,200 sessions": a number above `EXACT_SESSIONS` is an estimate, so it has two digits. */
function renderSessions(sessions: number): string {
  if (sessions === 1) return "1 session";
  if (sessions <= EXACT_SESSIONS) return `${sessions} sessions`;
  return `about ${formatCount(Number(sessions.toPrecision(2)))} sessions`;
}

/** The time of day, with the date unless it is today. */
function renderMoment(ms: number): string {
  const date = renderDate(ms);
  return date === renderDate(Date.now()) ? renderTime(ms) : `${date}, ${renderTime(ms)}`;
}

function byCount(counts: CountsByValue): [string, number][] {
  return Object.entries(counts).toSorted(([, a], [, b]) => b - a);
}

function mostFrequent(counts: CountsByValue): string {
  return byCount(counts)[0]?.[0] ?? "no route";
}
