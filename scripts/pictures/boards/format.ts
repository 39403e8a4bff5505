import type { Panel, Series } from "./dashboard.ts";

/** Grafana's colors of the dark theme, by their names in a dashboard. */
const NAMED: Readonly<Record<string, string>> = {
  green: "#73bf69",
  orange: "#ff9830",
  yellow: "#fade2a",
  red: "#f2495c",
  blue: "#5794f2",
  purple: "#b877d9",
  text: "#ccccdc",
};

/** The colors of series that have none. */
const PALETTE = [
  "#73bf69",
  "#fade2a",
  "#5794f2",
  "#ff9830",
  "#f2495c",
  "#b877d9",
  "#8ab8ff",
  "#ffb357",
  "#96d98d",
  "#ffee52",
  "#ca95e5",
  "#ff7383",
  "#56a64b",
  "#e0b400",
  "#3274d9",
  "#a352cc",
];

const SYMBOLS: Readonly<Record<string, string>> = {
  currencyUSD: "$",
  currencyEUR: "€",
  currencyGBP: "£",
  currencyJPY: "¥",
};

/** Returns the text of a value in Grafana's unit. */
export function format(value: number, unit = "none", decimals?: number): string {
  if (!Number.isFinite(value)) return "—";
  if (unit === "percentunit") return `${round(value * 100, decimals)}%`;
  if (unit === "s") return seconds(value);
  if (unit === "bytes") return bytes(value);
  if (unit === "reqps") return `${round(value, decimals)} req/s`;
  if (unit === "cpm") return `${round(value, decimals)} c/m`;
  if (SYMBOLS[unit] !== undefined) return `${SYMBOLS[unit]}${round(value, decimals)}`;
  if (unit.startsWith("currency:")) return `${unit.slice(9)} ${round(value, decimals)}`;
  return round(value, decimals);
}

function round(value: number, decimals?: number): string {
  const size = Math.abs(value);
  const most = decimals ?? (size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return value.toLocaleString("en-US", { maximumFractionDigits: most });
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${round(value * 1e6)} µs`;
  if (size < 1) return `${round(value * 1_000)} ms`;
  if (size < 120) return `${round(value)} s`;
  if (size < 7_200) return `${round(value / 60)} min`;
  return size < 172_800 ? `${round(value / 3_600)} h` : `${round(value / 86_400)} days`;
}

function bytes(value: number): string {
  const steps = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(steps.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${round(value / 1024 ** step)} ${steps[step]}`;
}

/** Returns a property of a series that overrides the panel's. */
function overrideOf(panel: Panel, { refId, name }: Pick<Series, "refId" | "name">, id: string): unknown {
  const fits = panel.fieldConfig?.overrides.filter(
    ({ matcher }) =>
      (matcher.id === "byFrameRefID" && matcher.options === refId) ||
      (matcher.id === "byName" && matcher.options === name),
  );
  return fits?.flatMap(({ properties }) => properties).findLast((property) => property.id === id)?.value;
}

/** Returns the text of a series' value in its own unit, or the text to which the panel maps it. */
export function textOf(panel: Panel, series: Pick<Series, "refId" | "name">, value: number): string {
  const { unit, decimals } = panel.fieldConfig?.defaults ?? {};
  const mapped = stateOf(panel, value)?.text;
  return (
    mapped ??
    format(
      value,
      (overrideOf(panel, series, "unit") as string | undefined) ?? unit,
      (overrideOf(panel, series, "decimals") as number | undefined) ?? decimals,
    )
  );
}

function stateOf(panel: Panel, value: number): { text?: string; color?: string } | undefined {
  return panel.fieldConfig?.defaults.mappings?.[0]?.options[String(value)];
}

/** Returns the color of a series: its own, its state's, its threshold's, or the palette's. */
export function colorOf(panel: Panel, series: Series, index: number, value?: number): string {
  const own = overrideOf(panel, series, "color") as { mode?: string; fixedColor?: string } | undefined;
  if (own?.fixedColor) return NAMED[own.fixedColor] ?? own.fixedColor;
  const { defaults } = panel.fieldConfig ?? {};
  const color = own ?? defaults?.color;
  const thresholds =
    (overrideOf(panel, series, "thresholds") as NonNullable<typeof defaults>["thresholds"]) ??
    defaults?.thresholds;
  const state = value === undefined ? undefined : stateOf(panel, value)?.color;
  if (state) return NAMED[state] ?? state;
  if (color?.mode === "thresholds" && value !== undefined) {
    const step = thresholds?.steps.findLast((each) => each.value === null || value >= each.value);
    return NAMED[step?.color ?? "green"] ?? "green";
  }
  return PALETTE[index % PALETTE.length]!;
}

/** True for a series that the legend leaves out, because it is 0 all the time. */
export function isLeftOut(panel: Panel, { points }: Series): boolean {
  const leavesOut = panel.fieldConfig?.overrides.some(
    ({ matcher: { id, options } }) => id === "byValue" && Object(options).reducer === "allIsZero",
  );
  return leavesOut === true && points.every(([, value]) => value === 0);
}

/** Writes text into HTML. */
export function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
