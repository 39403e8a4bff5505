import type { LiveEvent } from "@rumkit/protocol";
import { memo, useContext, useEffect, useMemo, useState } from "react";
import { FilterValue } from "../filter/FilterValue.tsx";
import type { NarrowedTail } from "../filter/useNarrowedTail.ts";
import { renderDetails, renderMoney, renderTime } from "../numbers/format.ts";
import { OwnSenders } from "../stream/OwnSenders.ts";
import type { TailEntry } from "../stream/liveState.ts";
import { type noRows, type PacedRow, ROW_INTERVAL, showNext, takeIn } from "./pacedRows.ts";

/** Kinds of events that people choose between. */
const KINDS = {
  Business: ["conversion", "refund", "action"],
  Errors: ["error"],
  All: undefined,
} as const satisfies Record<string, readonly string[] | undefined>;

type Kind = keyof typeof KINDS;

interface JustHappenedProps extends NarrowedTail {
  isPaused: boolean;
  isFiltered: boolean;
}

/**
 * Shows the last events, at a speed at which they can be read. They stop while the pointer or the focus is on them.
 *
 * All texts come from untrusted browsers. They are only ever text nodes, never markup, URLs or styles.
 */
export function JustHappened({ tail, source, isPaused, isFiltered }: JustHappenedProps) {
  const [kind, setKind] = useState<Kind>("Business");
  const [isHeld, setHeld] = useState(false);
  const wanted = useMemo(() => {
    const types: readonly string[] | undefined = KINDS[kind];
    return types ? tail.filter(({ event }) => types.includes(event.type)) : tail;
  }, [tail, kind]);
  const { rows, waiting } = usePacedRows(wanted, `${kind} ${source}`, isHeld || isPaused);
  return (
    <section
      className="card just"
      aria-label="Just happened"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <h2>Just happened</h2>
      <div className="chips" role="group" aria-label="Events to show">
        {(Object.keys(KINDS) as Kind[]).map((name) => (
          <button key={name} type="button" aria-pressed={name === kind} onClick={() => setKind(name)}>
            {name}
          </button>
        ))}
        {isHeld && waiting > 0 && <span className="hint">{waiting} waiting</span>}
      </div>
      {rows.length === 0 && (
        <p className="nothing">
          {isFiltered ? "No data for this filter yet." : "Nothing yet."} Events appear here as they are
          counted.
        </p>
      )}
      <Rows rows={rows} />
    </section>
  );
}

function Rows({ rows }: { rows: readonly PacedRow[] }) {
  return (
    <ol className="events">
      {rows.map((row) =>
        "entry" in row ? (
          <EventRow key={row.entry.serial} event={row.entry.event} />
        ) : (
          <li key={`more${row.serial}`} className="hint more">
            +{row.more} more
          </li>
        ),
      )}
    </ol>
  );
}

/** @param choice Another choice starts with what the page has of it, all at once. */
function usePacedRows(
  tail: readonly TailEntry[],
  choice: string,
  isHeld: boolean,
): { rows: readonly PacedRow[]; waiting: number } {
  const [state, setState] = useState(() => ({ ...startWith(tail), choice }));
  const current = state.choice === choice ? takeIn(state, tail) : startWith(tail);
  if (state.choice !== choice) setState({ ...current, choice });
  useEffect(() => {
    if (isHeld) return;
    const timer = setInterval(
      () => setState((known) => ({ ...showNext(takeIn(known, tail)), choice: known.choice })),
      ROW_INTERVAL,
    );
    return () => clearInterval(timer);
  }, [tail, isHeld]);
  return { rows: current.rows, waiting: current.waiting.length };
}

function startWith(tail: readonly TailEntry[]): typeof noRows {
  return {
    rows: tail.slice(0, 8).map((entry) => ({ entry })),
    waiting: [],
    lastSerial: tail[0]?.serial ?? -1,
  };
}

const EventRow = memo(function EventRow({ event }: { event: LiveEvent }) {
  const isOwn = useContext(OwnSenders).has(event.sender ?? "");
  const details = renderDetails({ details: event.details });
  return (
    <li className="event" data-type={event.type} data-own={isOwn} title={details.join("\n")}>
      <time>{renderTime(event.at)}</time>
      <span className="eventName">
        {isOwn && <b className="own">You </b>}
        <FilterValue label={event.type} value={event.name} text={nameOf(event)} />
        {event.count > 1 && <span className="hint"> ×{event.count}</span>}
      </span>
      {event.money ? (
        <b>{renderMoney(event.money)}</b>
      ) : (
        <span className="hint">
          <FilterValue label="route" value={event.route ?? ""} />
        </span>
      )}
    </li>
  );
});

/** "Purchase", "page view", "LCP": a name that only repeats the type is not shown twice. */
function nameOf({ type, name }: LiveEvent): string {
  if (["conversion", "action", "refund"].includes(type)) return words(name);
  return name === "" || name === type ? words(type) : `${words(type)}: ${name}`;
}

function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
