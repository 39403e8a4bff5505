import type { LiveEvent } from "@rumkit/protocol";
import { Fragment, memo, useMemo, useState } from "react";
import { renderDetail, renderDetails, renderMoney, renderTime } from "../numbers/format.ts";
import type { TailEntry } from "../stream/liveState.ts";
import { columnsOf, type EventColumn, selectEvents, typesOf } from "./eventRows.ts";
import { SearchField } from "./SearchField.tsx";

/** Rows in the document: each slows the paint of every frame. */
const MAX_ROWS = 50;

const TITLES: Readonly<Record<EventColumn, string>> = {
  time: "Time",
  source: "Source",
  type: "Type",
  name: "Name",
  route: "Route",
  count: "Count",
  details: "Details",
};

/**
 * The last events, newest first: filtered by type and words, each with its details. They stand still while the pointer
 * or the focus is on them.
 *
 * All texts come from untrusted browsers. They are only ever text nodes, never markup, URLs or styles.
 */
export function EventsView({ tail: newest }: { tail: readonly TailEntry[] }) {
  const [filter, setFilter] = useState("");
  const [type, setType] = useState<string>();
  const [opened, setOpened] = useState<number>();
  const { tail, waiting, hold } = useHeld(newest);
  const shown = useMemo(() => selectEvents(tail, { filter, type }).slice(0, MAX_ROWS), [tail, filter, type]);
  const columns = useMemo(() => columnsOf(tail), [tail]);
  return (
    <section className="panel" aria-labelledby="tailTitle">
      <h2 id="tailTitle">
        Last events <span className="hint">newest first{waiting > 0 && `, ${waiting} waiting`}</span>
      </h2>
      <SearchField
        label="Search events"
        placeholder="Search by name, route or detail"
        value={filter}
        onChange={setFilter}
      />
      <TypeChips types={typesOf(tail, type)} chosen={type} onChoose={setType} />
      {shown.length === 0 ? (
        <p className="empty">
          {tail.length === 0
            ? "No events yet. They appear here the moment a page or your server reports one."
            : "None of the last events matches. A new one appears here."}
        </p>
      ) : (
        // Focusable, so that the arrow keys scroll it.
        <div className="scroller" tabIndex={0} role="region" aria-label="Table of the last events" {...hold}>
          <table className="tail">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col" className={column}>
                    {TITLES[column]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <EventRow
                  key={entry.serial}
                  entry={entry}
                  columns={columns}
                  isOpen={entry.serial === opened}
                  onOpen={setOpened}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The tail, or the one at the time when the pointer or the focus came. */
function useHeld(newest: readonly TailEntry[]) {
  const [held, setHeld] = useState<readonly TailEntry[]>();
  const [hasPointer, setPointer] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const isHeld = hasPointer || hasFocus;
  if (isHeld && !held) setHeld(newest);
  if (!isHeld && held) setHeld(undefined);
  const tail = held ?? newest;
  const waiting = (newest[0]?.serial ?? 0) - (tail[0]?.serial ?? 0);
  const hold = {
    onPointerEnter: () => setPointer(true),
    onPointerLeave: () => setPointer(false),
    onFocus: () => setFocus(true),
    onBlur: () => setFocus(false),
  };
  return { tail, waiting, hold };
}

interface TypeChipsProps {
  types: readonly string[];
  chosen: string | undefined;
  onChoose: (type: string | undefined) => void;
}

function TypeChips({ types, chosen, onChoose }: TypeChipsProps) {
  return (
    <div className="chips" role="group" aria-label="Type of event">
      <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
        All
      </button>
      {types.map((type) => (
        <button key={type} type="button" aria-pressed={type === chosen} onClick={() => onChoose(type)}>
          {type}
        </button>
      ))}
    </div>
  );
}

interface EventRowProps {
  entry: TailEntry;
  columns: readonly EventColumn[];
  isOpen: boolean;
  onOpen: (serial: number | undefined) => void;
}

const EventRow = memo(function EventRow({
  entry: { serial, event },
  columns,
  isOpen,
  onOpen,
}: EventRowProps) {
  const toggle = () => onOpen(isOpen ? undefined : serial);
  return (
    <Fragment>
      <tr data-type={event.type} className="eventRow" onClick={toggle}>
        {columns.map((column) => (
          <td key={column} className={column}>
            <Cell column={column} event={event} isOpen={isOpen} />
          </td>
        ))}
      </tr>
      {isOpen && (
        <tr className="opened">
          <td colSpan={columns.length}>
            <EventFacts event={event} />
          </td>
        </tr>
      )}
    </Fragment>
  );
});

function Cell({ column, event, isOpen }: { column: EventColumn; event: LiveEvent; isOpen: boolean }) {
  if (column === "time")
    // The row takes the click. The button takes the keyboard, and its click reaches the row.
    return (
      <button type="button" className="opener" aria-expanded={isOpen}>
        {renderTime(event.at)}
        <span className="visuallyHidden"> details</span>
      </button>
    );
  if (column === "source") return <span className="chip">{event.source}</span>;
  if (column !== "details") return <>{event[column]}</>;
  // Each isolates right-to-left text and marks from the other details.
  return (
    <>
      {renderDetails(event).map((detail, index) => (
        <Fragment key={index}>
          {index > 0 && " "}
          <bdi>{detail}</bdi>
        </Fragment>
      ))}
    </>
  );
}

function EventFacts({ event }: { event: LiveEvent }) {
  const facts: [name: string, text: string][] = [
    ["Counted at", renderTime(event.at)],
    ["Source", event.source],
    ["Type", event.type],
    ["Name", event.name],
    ["Route", event.route ?? ""],
    ["Count", String(event.count)],
    ["Money", event.money ? renderMoney(event.money) : ""],
    ...Object.entries(event.details).map(([key, value]): [string, string] => [key, renderDetail(value)]),
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([name, text], index) =>
          text !== "" && (
            <div key={index}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
