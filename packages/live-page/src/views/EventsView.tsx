import { useMemo, useState } from "react";
import type { NarrowedTail } from "../filter/useNarrowedTail.ts";
import { FilterValue } from "../filter/FilterValue.tsx";
import type { TailEntry } from "../stream/liveState.ts";
import { EventRow } from "./EventRow.tsx";
import { columnsOf, type EventColumn, selectEvents, sharedDetails, typesOf } from "./eventRows.ts";
import { SearchField } from "../filter/SearchField.tsx";
import { useHeld } from "./useHeld.ts";

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

interface EventsViewProps extends NarrowedTail {
  /** The chosen type of events; empty for all. */
  type: string;
  onType: (type: string) => void;
  isFiltered: boolean;
}

/**
 * The last events, newest first: filtered by type and words, each with its details. They stand still while the pointer
 * or the focus is on them.
 *
 * All texts come from untrusted browsers. They are only ever text nodes, never markup, URLs or styles.
 */
export function EventsView({ tail: newest, source, type, onType, isFiltered }: EventsViewProps) {
  const [words, setWords] = useState("");
  const { tail, waiting, hold } = useHeld(newest, source);
  const shown = useMemo(
    () => selectEvents(tail, { filter: words, type }).slice(0, MAX_ROWS),
    [tail, words, type],
  );
  const shared = useMemo(() => sharedDetails(tail), [tail]);
  return (
    <section className="panel" aria-labelledby="tailTitle">
      <h2 id="tailTitle">
        Last events <span className="hint">newest first{waiting > 0 && `, ${waiting} waiting`}</span>
      </h2>
      <SearchField
        label="Search events"
        placeholder="Search by name, route or detail"
        value={words}
        onChange={setWords}
      />
      <TypeChips types={typesOf(tail, type)} chosen={type} onChoose={onType} />
      <SharedDetails shared={shared} />
      {shown.length === 0 ? (
        <p className="empty">{whyEmpty(tail.length === 0, isFiltered)}</p>
      ) : (
        // Focusable, so that the arrow keys scroll it.
        <div className="scroller" tabIndex={0} role="region" aria-label="Table of the last events" {...hold}>
          <EventsTable entries={shown} columns={columnsOf(tail, shared)} shared={shared} />
        </div>
      )}
    </section>
  );
}

function whyEmpty(isEmpty: boolean, isFiltered: boolean): string {
  if (isEmpty && isFiltered)
    return "No data for this filter: no event with it has come yet. The next one appears here.";
  if (isEmpty) return "No events yet. They appear here the moment a page or your server reports one.";
  return "None of the last events matches. A new one appears here.";
}

interface EventsTableProps {
  entries: readonly TailEntry[];
  columns: readonly EventColumn[];
  shared: ReadonlyMap<string, string>;
}

function EventsTable({ entries, columns, shared }: EventsTableProps) {
  const [opened, setOpened] = useState<number>();
  return (
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
        {entries.map((entry) => (
          <EventRow
            key={entry.serial}
            entry={entry}
            columns={columns}
            shared={shared}
            isOpen={entry.serial === opened}
            onOpen={setOpened}
          />
        ))}
      </tbody>
    </table>
  );
}

interface TypeChipsProps {
  types: readonly string[];
  chosen: string;
  onChoose: (type: string) => void;
}

function TypeChips({ types, chosen, onChoose }: TypeChipsProps) {
  return (
    <div className="chips" role="group" aria-label="Type of event">
      <button type="button" aria-pressed={chosen === ""} onClick={() => onChoose("")}>
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

/** Details that all events of pages have in common, once instead of in each row. */
function SharedDetails({ shared }: { shared: ReadonlyMap<string, string> }) {
  if (shared.size === 0) return null;
  return (
    <p className="hint shared">
      All events of pages:{" "}
      {[...shared].map(([key, value]) => (
        <bdi key={key}>
          <FilterValue label={key} value={value} text={`${key}=${value}`} />{" "}
        </bdi>
      ))}
    </p>
  );
}
