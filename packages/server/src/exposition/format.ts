import type { MetricDescriptor } from "../metrics/descriptor.ts";

/** `text`: the Prometheus text format 0.0.4. `openmetrics`: OpenMetrics 1.0. */
export type ExpositionFormat = "text" | "openmetrics";

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/**
 * The header of an exposition that identifies the collector since its start: it tells counters that began at 0 in
 * between from counts that are missing, also within the second that `process_start_time_seconds` names.
 */
export const INSTANCE_HEADER = "rumkit-instance";

/** The lines in front of a family's samples. */
export interface FamilyHead {
  /** The name of a counter's samples in text 0.0.4, with `_total`. */
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Shown in OpenMetrics if the name ends in it, as that format demands. */
  readonly unit?: string;
}

/**
 * Returns the name of a family: OpenMetrics cuts `_total` off a counter's, and `_info` off one of type `info`. The
 * lines of samples have the same names in both formats, so the negotiation never changes the name of a series.
 */
export function familyName(
  { name, type }: Pick<FamilyHead, "name" | "type">,
  format: ExpositionFormat,
): string {
  if (format === "text") return name;
  return type === "counter"
    ? name.replace(/_total$/, "")
    : type === "info"
      ? name.replace(/_info$/, "")
      : name;
}

/**
 * Returns the head of one of our families: info in OpenMetrics is a gauge in the text format, which has no such type. An
 * alias of a counter that does not end in `_total` is `unknown` in OpenMetrics, which would add the suffix.
 */
export function headOf({ isInfo, ...descriptor }: MetricDescriptor, format: ExpositionFormat): FamilyHead {
  const { name, type } = descriptor;
  if (format === "openmetrics" && type === "counter" && !name.endsWith("_total"))
    return { ...descriptor, type: "unknown" };
  return isInfo && format === "openmetrics" ? { ...descriptor, type: "info" } : descriptor;
}

export function renderHead(head: FamilyHead, format: ExpositionFormat): string {
  const name = familyName(head, format);
  const { type, unit } = head;
  const lines = [`# HELP ${name} ${escapeHelp(head.help, format)}\n# TYPE ${name} ${type}\n`];
  if (format === "openmetrics" && unit && name.endsWith(`_${unit}`)) lines.push(`# UNIT ${name} ${unit}\n`);
  return toBytes(lines.join(""));
}

/** Renders `a="1",b="2"`, without braces; an empty string without labels. */
export function renderLabels(labels: Readonly<Record<string, unknown>>): string {
  let pairs = "";
  for (const name in labels) {
    const pair = `${name}="${escapeLabel(String(labels[name]))}"`;
    pairs = pairs === "" ? pair : `${pairs},${pair}`;
  }
  return toBytes(pairs);
}

/** Renders a value as Go's parser reads it. */
export function renderNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/**
 * Encodes text as UTF-8 bytes, one character each. V8 joins and copies such strings to a socket several times as fast
 * as others, so non-ASCII text is encoded once, when it is created.
 */
function toBytes(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text.toWellFormed(), "utf8").toString("latin1");
}

// oxlint-disable-next-line no-control-regex -- all of ASCII is what is meant
const ASCII = /^[\x00-\x7f]*$/;

function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    : value;
}

/** Escapes quotes in OpenMetrics only: text 0.0.4 would show the backslash. */
function escapeHelp(help: string, format: ExpositionFormat): string {
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return format === "openmetrics" ? escaped.replaceAll('"', '\\"') : escaped;
}

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
