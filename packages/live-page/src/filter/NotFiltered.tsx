import { renderLabel } from "./filter.ts";

interface NotFilteredProps {
  /** The end of the sentence: the part that is not narrowed, and why. */
  what: string;
  /** Labels of the filter that it has no values of. */
  labels: readonly string[];
}

/** Says which part of a view the filter does not narrow: a number of the whole app must not look like one of a route. */
export function NotFiltered({ what, labels }: NotFilteredProps) {
  if (labels.length === 0) return null;
  const names = labels.map(renderLabel).join(" and ");
  return (
    <p className="notFiltered" role="note">
      <b>Not filtered by {names}:</b> {what}
    </p>
  );
}
