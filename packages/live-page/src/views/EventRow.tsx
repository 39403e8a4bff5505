import type { LiveEvent } from "@rumkit/protocol";
import { Fragment, memo, useContext } from "react";
import { FilterValue } from "../filter/FilterValue.tsx";
import { renderDetail, renderMoney, renderTime } from "../numbers/format.ts";
import { OwnSenders } from "../stream/OwnSenders.ts";
import type { TailEntry } from "../stream/liveState.ts";
import { EventFacts } from "./EventFacts.tsx";
import type { EventColumn } from "./eventRows.ts";

interface EventRowProps {
  entry: TailEntry;
  columns: readonly EventColumn[];
  /** Details that are the same for all events, so no row repeats them. */
  shared: ReadonlyMap<string, string>;
  isOpen: boolean;
  onOpen: (serial: number | undefined) => void;
}

/** One event. A click opens its details; its values filter the page. */
export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { entry, columns, shared, isOpen, onOpen } = props;
  const { serial, event } = entry;
  const isOwn = useContext(OwnSenders).has(event.sender ?? "");
  const toggle = () => onOpen(isOpen ? undefined : serial);
  return (
    <Fragment>
      <tr data-type={event.type} data-own={isOwn} className="eventRow" onClick={toggle}>
        {columns.map((column) => (
          <td key={column} className={column}>
            {column === "time" && <Opener at={event.at} isOpen={isOpen} isOwn={isOwn} />}
            {column !== "time" && <Cell column={column} event={event} shared={shared} />}
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

/** The row takes the click. The button takes the keyboard, and its click reaches the row. */
function Opener({ at, isOpen, isOwn }: { at: number; isOpen: boolean; isOwn: boolean }) {
  return (
    <button type="button" className="opener" aria-expanded={isOpen}>
      {renderTime(at)}
      {isOwn && <b className="own"> You</b>}
      <span className="visuallyHidden"> details</span>
    </button>
  );
}

interface CellProps {
  column: Exclude<EventColumn, "time">;
  event: LiveEvent;
  shared: ReadonlyMap<string, string>;
}

function Cell({ column, event, shared }: CellProps) {
  if (column === "source") return <span className="chip">{event.source}</span>;
  if (column === "name") return <FilterValue label={event.type} value={event.name} />;
  if (column === "route") return <FilterValue label="route" value={event.route ?? ""} />;
  if (column !== "details") return <>{event[column]}</>;
  const details = Object.entries(event.details).filter(([key, value]) => shared.get(key) !== String(value));
  // Each isolates right-to-left text and marks from the other details.
  return (
    <>
      {event.money && <bdi>{renderMoney(event.money)} </bdi>}
      {details.map(([key, value]) => (
        <bdi key={key}>
          <FilterValue label={key} value={String(value)} text={`${key}=${renderDetail(value)}`} />{" "}
        </bdi>
      ))}
    </>
  );
}
