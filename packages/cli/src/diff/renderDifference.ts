import { escapeMarkdown } from "../generate/markdown.ts";
import type { DescribedMetric } from "../generate/metricsJson.ts";
import type { MetricChange } from "./compareMetrics.ts";
import type { NameChanges } from "./compareParts.ts";
import { type Difference, isEmpty } from "./diffSnapshots.ts";

/** A section of the report. */
interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** `+` is new, `-` is gone, `~` is changed, `!` breaks. */
interface Line {
  readonly sign: "+" | "-" | "~" | "!";
  /** A name of metrics, boards or rules; empty for a sentence. */
  readonly name: string;
  readonly text: string;
}

/** Lines of one section at most: a comment of a pull request has 65,536 characters at most. */
const MOST_LINES = 100;

/** Renders the report for a terminal. */
export function renderText(difference: Difference): string {
  if (isEmpty(difference)) return "No metric, board or rule changes.\n";
  const sections = sectionsOf(difference).map(({ title, lines }) =>
    [
      title,
      ...cut(lines).map(({ sign, name, text }) => `  ${sign} ${[name, text].filter(Boolean).join("  ")}`),
    ].join("\n"),
  );
  return `${[headOf(difference), ...sections].join("\n\n")}\n`;
}

/** The first line of each comment, by which a script finds the last one to replace it. */
const MARK = "<!-- rumkit diff -->";

/** Renders the report as a comment of a pull request. */
export function renderMarkdown(difference: Difference): string {
  if (isEmpty(difference)) return `${MARK}\n**rumkit**: no metric, board or rule changes.\n`;
  const sections = sectionsOf(difference).map(({ title, lines }) => {
    const items = cut(lines).map(({ sign, name, text }) =>
      [`- ${SIGNS[sign]}`, name && `\`${name}\``, escapeMarkdown(text)].filter(Boolean).join(" "),
    );
    const list = items.join("\n");
    // Breaking changes are what a reviewer must see; the rest opens on a click.
    if (lines[0]?.sign === "!") return `### ${title}\n\n${list}`;
    return `<details><summary>${title} (${lines.length})</summary>\n\n${list}\n\n</details>`;
  });
  return `${[MARK, `**rumkit**: ${escapeMarkdown(headOf(difference))}`, ...sections].join("\n\n")}\n`;
}

const SIGNS = { "+": "➕", "-": "➖", "~": "✏️", "!": "⚠️" } as const;

function headOf({ app, total, breaks }: Difference): string {
  const name = app.before === app.after ? app.after : `${app.before} is ${app.after} now`;
  const counted = (["series", "lines"] as const).map((key) => {
    const { before, after } = total[key];
    const change = after - before;
    return `${format(after)} ${key} at most (${change > 0 ? "+" : ""}${format(change)})`;
  });
  const breaking = breaks.length === 1 ? "1 breaking change" : `${breaks.length} breaking changes`;
  return `${name}: ${breaks.length === 0 ? "no breaking changes" : breaking}, ${counted.join(", ")}.`;
}

function sectionsOf({ breaks, metrics, values, parts }: Difference): Section[] {
  const boards = parts ? [...linesOf(parts.boards), ...linesOf(parts.panels, "panel")] : [];
  const sections: Section[] = [
    {
      title: "Breaking: counters that begin again, split or end",
      lines: breaks.map(({ text }) => ({ sign: "!", name: "", text })),
    },
    {
      title: "Metrics",
      lines: [
        ...metrics.added.map((metric): Line => ({ sign: "+", name: metric.name, text: costOf(metric) })),
        ...metrics.removed.map((metric): Line => ({ sign: "-", name: metric.name, text: costOf(metric) })),
        ...metrics.changed
          .map((change): Line => ({ sign: "~", name: change.after.name, text: describeChange(change) }))
          // Values alone are in a section for all metrics.
          .filter(({ text }) => text !== ""),
      ],
    },
    {
      title: "Label values",
      lines: values.map(({ label, added, removed, metrics: names }) => ({
        sign: "~",
        name: label,
        text: `${[...added.map((value) => `+${JSON.stringify(value)}`), ...removed.map((value) => `-${JSON.stringify(value)}`)].join(" ")} in ${names.length === 1 ? names[0] : `${names.length} metrics`}`,
      })),
    },
    { title: "Boards", lines: boards },
    { title: "Rules", lines: parts ? linesOf(parts.rules) : [] },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function costOf({ type, maxSeries, maxLines }: DescribedMetric): string {
  return `${type}, ${format(maxSeries)} series, ${maxLines === 1 ? "1 line" : `${format(maxLines)} lines`} at most`;
}

function describeChange({
  before,
  after,
  labelsAdded,
  labelsRemoved,
  edgesAdded,
  edgesRemoved,
}: MetricChange): string {
  const parts = [
    ...(before.type === after.type ? [] : [`${before.type} → ${after.type}`]),
    ...(before.maxSeries === after.maxSeries
      ? []
      : [`${format(before.maxSeries)} → ${format(after.maxSeries)} series`]),
    ...labelsAdded.map((label) => `label +${label}`),
    ...labelsRemoved.map((label) => `label -${label}`),
    ...edgesAdded.map((edge) => `edge +${edge}`),
    ...edgesRemoved.map((edge) => `edge -${edge}`),
    ...(before.help === after.help ? [] : ["help"]),
  ];
  return parts.join(", ");
}

function linesOf({ added, removed, changed }: NameChanges, noun = ""): Line[] {
  const line =
    (sign: Line["sign"]) =>
    (name: string): Line => ({ sign, name, text: noun });
  return [...added.map(line("+")), ...removed.map(line("-")), ...changed.map(line("~"))];
}

function cut(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= MOST_LINES) return lines;
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), { sign: "~", name: "", text: `and ${rest} more` }];
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
