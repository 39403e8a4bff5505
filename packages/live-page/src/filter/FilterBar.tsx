import { useContext } from "react";
import { renderLabel } from "./filter.ts";
import { FilterContext } from "./FilterContext.ts";

/** The filter as chips, each with a button that removes it. */
export function FilterBar() {
  const { filter, narrow } = useContext(FilterContext);
  const clear = Object.fromEntries([...filter.keys()].map((label) => [label, undefined]));
  return (
    <section className="filterBar" aria-label="Filter" hidden={filter.size === 0}>
      {[...filter].map(([label, value]) => (
        <span key={label} className="chip filterChip">
          {renderLabel(label)} <b>{value}</b>
          <button
            type="button"
            aria-label={`Remove the filter ${renderLabel(label)} ${value}`}
            onClick={() => narrow({ [label]: undefined })}
          >
            <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
              <path d="m4 4 8 8M12 4l-8 8" />
            </svg>
          </button>
        </span>
      ))}
      {filter.size > 1 && (
        <button type="button" className="linkButton" onClick={() => narrow(clear)}>
          Remove all
        </button>
      )}
    </section>
  );
}
