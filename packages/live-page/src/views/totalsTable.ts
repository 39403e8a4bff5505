import type { LiveTotal } from "@rumkit/protocol";
import { formatCount, renderBytes, renderDuration } from "../numbers/format.ts";

/** One column: a number for each row, from the series of one metric. */
export interface TotalsColumn {
  readonly title: string;
  readonly metric: string;
  /** `value`: the sum of the values; `mean`: a histogram's sum, divided by its observations. */
  readonly read: "value" | "mean";
  /** Default `count`. */
  readonly unit?: "count" | "seconds" | "bytes";
  /** A label with one column for each of its values, instead of one column for all. */
  readonly splitBy?: string;
  /** Only series with these labels. */
  readonly where?: Readonly<Record<string, string>>;
}

/** A table whose rows are the values of some labels. */
export interface TotalsSpec {
  readonly title: string;
  readonly note?: string;
  /** Labels by their titles. Without any, the table has one row. */
  readonly by: Readonly<Record<string, string>>;
  readonly columns: readonly TotalsColumn[];
}

interface FilledRow {
  readonly heads: readonly string[];
  readonly cells: readonly FilledCell[];
}

interface FilledCell {
  readonly text: string;
  /** The labels of the series that the number adds up. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface FilledTable {
  readonly title: string;
  readonly note: string | undefined;
  readonly heads: readonly string[];
  /** The label of each head. */
  readonly labels: readonly string[];
  readonly columns: readonly string[];
  /** The row with the highest first number first. */
  readonly rows: readonly FilledRow[];
  /** Rows that were left out. */
  readonly more: number;
}

/** Maximum rows in the document. */
const MAX_ROWS = 100;

interface Sum {
  value: number;
  sum: number;
}

interface Row {
  readonly heads: readonly string[];
  readonly sums: Map<string, Sum>;
}

/** Fills a table from the totals. Undefined without any series for it. */
export function fillTable(spec: TotalsSpec, totals: ReadonlyMap<string, LiveTotal>): FilledTable | undefined {
  const rows = collectRows(spec, totals);
  if (rows.size === 0) return undefined;
  const columns = spec.columns.flatMap((column, index) => shownColumns(column, index, rows));
  const first = columns[0]?.key ?? "";
  const sorted = [...rows.values()].toSorted((a, b) => sumOfAll(b, first) - sumOfAll(a, first));
  return {
    title: spec.title,
    note: spec.note,
    heads: Object.keys(spec.by),
    labels: Object.values(spec.by),
    columns: columns.map(({ title }) => title),
    rows: sorted.slice(0, MAX_ROWS).map(({ heads, sums }) => ({
      heads,
      cells: columns.map(({ key, column, split }) => ({
        text: renderCell(column, sums.get(key)),
        labels: { ...labelsOf(spec, heads), ...split },
      })),
    })),
    more: Math.max(0, sorted.length - MAX_ROWS),
  };
}

function collectRows(spec: TotalsSpec, totals: ReadonlyMap<string, LiveTotal>): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const total of totals.values()) {
    for (const [index, column] of spec.columns.entries()) {
      if (column.metric !== total.metric || !hasLabels(total, column.where)) continue;
      const heads = Object.values(spec.by).map((label) => total.labels[label] ?? "");
      const rowKey = JSON.stringify(heads);
      const row = rows.get(rowKey) ?? { heads, sums: new Map<string, Sum>() };
      rows.set(rowKey, row);
      const key = keyOf(index, column.splitBy === undefined ? "" : (total.labels[column.splitBy] ?? ""));
      const known = row.sums.get(key) ?? { value: 0, sum: 0 };
      row.sums.set(key, { value: known.value + total.value, sum: known.sum + (total.sum ?? 0) });
    }
  }
  return rows;
}

function hasLabels({ labels }: LiveTotal, where: TotalsColumn["where"] = {}): boolean {
  return Object.entries(where).every(([name, value]) => labels[name] === value);
}

const keyOf = (index: number, value: string): string => `${index} ${value}`;

/** The columns of a split, or the column itself; none without a series. */
function shownColumns(column: TotalsColumn, index: number, rows: ReadonlyMap<string, Row>) {
  const prefix = keyOf(index, "");
  const keys = new Set(
    [...rows.values()].flatMap(({ sums }) => [...sums.keys()].filter((key) => key.startsWith(prefix))),
  );
  return [...keys].toSorted().map((key) => {
    const value = key.slice(prefix.length);
    const { splitBy, title } = column;
    return splitBy === undefined
      ? { key, column, title, split: {} }
      : { key, column, title: value || "none", split: { [splitBy]: value } };
  });
}

function labelsOf({ by }: TotalsSpec, heads: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.values(by).map((label, index) => [label, heads[index] ?? ""]));
}

function sumOfAll({ sums }: Row, first: string): number {
  const prefix = first.slice(0, first.indexOf(" ") + 1);
  let all = 0;
  for (const [key, { value }] of sums) if (key.startsWith(prefix)) all += value;
  return all;
}

function renderCell({ read, unit = "count" }: TotalsColumn, sum: Sum | undefined): string {
  if (!sum || (read === "mean" && sum.value === 0)) return "–";
  const value = read === "mean" ? sum.sum / sum.value : sum.value;
  if (unit === "seconds") return renderDuration(value);
  return unit === "bytes" ? renderBytes(value) : formatCount(value);
}
