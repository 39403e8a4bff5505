import { type ExpositionFormat, type FamilyHead, familyName, renderLabels, renderNumber } from "./format.ts";

/** A family that the app counts itself, as its registry returns it (`getMetricsAsJSON`). */
export interface AppFamily {
  readonly name: string;
  readonly help: string;
  /** `counter`, `gauge`, `histogram` or `summary`. */
  readonly type: string;
  readonly values: Iterable<AppValue>;
}

/** One line. */
export interface AppValue {
  readonly value: number;
  /** `@prometheus-io/client` leaves out empty labels. */
  readonly labels?: Readonly<Record<string, unknown>> | undefined;
  /** The name of the line if it differs from the family's: `_bucket`, `_sum`, `_count`. */
  readonly metricName?: string | undefined;
  readonly exemplar?: AppExemplar | null | undefined;
}

interface AppExemplar {
  readonly labelSet: Readonly<Record<string, unknown>>;
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp?: number | undefined;
}

/**
 * Returns the head of the family in OpenMetrics, without a series changing its name: there a counter must end in
 * `_total`, and a family's name may be used once (`taken`, to which this one is added). A family that does not fit
 * gets the type `unknown`.
 */
export function appFamilyHead(
  { name, help, type }: AppFamily,
  format: ExpositionFormat,
  taken: Set<string>,
): FamilyHead {
  const fits =
    format === "text" ||
    type !== "counter" ||
    (name.endsWith("_total") && !taken.has(familyName({ name, type }, format)));
  const head = { name, help, type: fits ? type : "unknown" };
  taken.add(familyName(head, format));
  return head;
}

/** Renders one line of an app's family. */
export function createValueRenderer(
  { name, type }: FamilyHead,
  format: ExpositionFormat,
): (value: AppValue) => string {
  return ({ value, labels = {}, metricName = name, exemplar }) => {
    const rendered = renderLabels(labels);
    const end = rendered === "" ? " " : `{${rendered}} `;
    const tail = exemplar && takesExemplar(type, metricName, format) ? renderAppExemplar(exemplar) : "";
    return `${metricName}${end}${renderNumber(value)}${tail}\n`;
  };
}

/** OpenMetrics 1.0, "Exemplars": on counters and on buckets. */
function takesExemplar(type: string, metricName: string, format: ExpositionFormat): boolean {
  if (format === "text") return false;
  return type === "counter" || (type === "histogram" && metricName.endsWith("_bucket"));
}

function renderAppExemplar({ labelSet, value, timestamp }: AppExemplar): string {
  const at = timestamp === undefined ? "" : ` ${timestamp}`;
  return ` # {${renderLabels(labelSet)}} ${renderNumber(value)}${at}`;
}
