import { memo } from "react";
import { renderDetails, renderTime } from "../numbers/format.ts";
import type { TailEntry } from "../stream/liveState.ts";

/**
 * A table of the last events, newest first.
 *
 * All texts come from untrusted browsers. They are only ever text nodes, never markup, URLs or styles.
 */
export const EventsView = memo(function EventsView({ tail }: { tail: readonly TailEntry[] }) {
  return (
    <section className="panel" aria-labelledby="tailTitle">
      <h2 id="tailTitle">
        Last events <span className="hint">newest first</span>
      </h2>
      {tail.length === 0 ? (
        <p className="empty">No events yet. They appear here the moment a page or your server reports one.</p>
      ) : (
        // Focusable, so that the arrow keys scroll it.
        <div className="scroller" tabIndex={0} role="region" aria-labelledby="tailTitle">
          <table className="tail">
            <thead>
              <tr>
                {["Time", "Source", "Type", "Name", "Route", "Count", "Details"].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tail.map((entry) => (
                <TailRow key={entry.serial} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
});

const TailRow = memo(function TailRow({ entry: { event } }: { entry: TailEntry }) {
  const details = renderDetails(event);
  return (
    <tr data-type={event.type}>
      <td className="time">{renderTime(event.at)}</td>
      <td className="source">
        <span className="chip">{event.source}</span>
      </td>
      <td className="type">{event.type}</td>
      <td className="name">{event.name}</td>
      <td className="route">{event.route}</td>
      <td className="count">{event.count}</td>
      <td className="details" title={details.join("\n")}>
        {details.map((detail, index) => (
          // Isolates right-to-left text and marks from other details.
          <bdi key={index}>{detail}</bdi>
        ))}
      </td>
    </tr>
  );
});
