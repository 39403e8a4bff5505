import { type MouseEvent, useContext } from "react";
import { canFilter, renderLabel } from "./filter.ts";
import { FilterContext } from "./FilterContext.ts";

interface FilterValueProps {
  label: string;
  value: string;
  /** Default the value. */
  text?: string | undefined;
}

/** A value that narrows the page to it. A second press removes the filter. */
export function FilterValue({ label, value, text = value }: FilterValueProps) {
  const { filter, narrow } = useContext(FilterContext);
  if (!canFilter(label, value)) return text;
  const isOn = filter.get(label) === value;
  const says = `filter by ${renderLabel(label)}${text === value ? "" : ` ${value}`}`;
  return (
    <button
      type="button"
      className="filterValue"
      aria-pressed={isOn}
      aria-label={`${text}, ${says}`}
      title={says}
      onClick={stopped(() => narrow({ [label]: isOn ? undefined : value }))}
    >
      {text}
    </button>
  );
}

interface FilterNumberProps {
  text: string;
  /** The labels of the row that the number is of. */
  labels: Readonly<Record<string, string>>;
}

/** A number that narrows the page to what it counts. */
export function FilterNumber({ text, labels }: FilterNumberProps) {
  const { narrow } = useContext(FilterContext);
  const usable = Object.entries(labels).filter(([label, value]) => canFilter(label, value));
  if (usable.length === 0) return text;
  const says = `filter by ${usable.map(([label, value]) => `${renderLabel(label)} ${value}`).join(" and ")}`;
  return (
    <button
      type="button"
      className="filterValue"
      aria-label={`${text}, ${says}`}
      title={says}
      onClick={stopped(() => narrow(Object.fromEntries(usable)))}
    >
      {text}
    </button>
  );
}

/** The row around the button reacts to clicks as well. */
function stopped(action: () => void) {
  return (event: MouseEvent): void => {
    event.stopPropagation();
    action();
  };
}
