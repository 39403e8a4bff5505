import type { LiveAlert, LiveAlertLine, LiveAlertValues, LiveFigure } from "@rumkit/protocol";
import { useContext, useMemo } from "react";
import { type ChartData, OTHER_COLORS } from "../chart/chart.ts";
import { FigureChart } from "../chart/FigureChart.tsx";
import { usePolled } from "../stream/usePolled.ts";
import { ChartSource } from "./AlertChart.tsx";
import { cutLine, renderCompared, renderMeasure } from "./alertText.ts";
import { ControlsContext } from "./tasks.ts";

/** Milliseconds between two polls: a line has a new value as often. */
const EVERY_MS = 5_000;

/** The values that an alert's rule compared, with its threshold: a line for each group. Nothing without values. */
export function AlertValues({ alert }: { alert: LiveAlert }) {
  const { values: load } = useContext(ControlsContext);
  const { createChart } = useContext(ChartSource);
  const { name, episode, unit } = alert;
  const answer = usePolled(() => load(episode), EVERY_MS, `values ${episode}`);
  const figure = useMemo(() => figureOf(name, unit), [name, unit]);
  const data = useMemo(() => answer && dataOf(answer, alert), [answer, alert]);
  if (!answer || !data || !createChart) return null;
  return (
    <div className="card alertChart">
      <p className="hint">{titleOf(answer)}</p>
      <FigureChart
        figure={figure}
        data={data}
        createChart={createChart}
        label={`${cutLine(name)}: ${renderCompared(alert)}`}
      />
      {answer.by.length > 0 && <Lines {...answer} />}
    </div>
  );
}

/** The value of an alert as a chart draws it: no figure has its name, so the thresholds of figures stay away. */
function figureOf(name: string, unit: string): LiveFigure {
  const known = (["ratio", "seconds", "bytes"] as const).find((candidate) => candidate === unit);
  return {
    name,
    title: name,
    help: "",
    query: "",
    group: "backend",
    unit: known ?? "score",
    decimals: known === "ratio" ? 1 : 2,
    windowSeconds: 900,
    merge: "mean",
  };
}

function dataOf({ at, stepSeconds, lines }: LiveAlertValues, alert: LiveAlert): ChartData | undefined {
  const [first, ...others] = lines;
  if (!first) return undefined;
  const { name, severity, threshold, side } = alert;
  const to = Math.floor(at / 1000);
  const seconds = first.values.map((_, index) => to - (first.values.length - 1 - index) * stepSeconds);
  return {
    from: seconds[0]!,
    to,
    seconds,
    values: [...first.values],
    others: others.slice(0, OTHER_COLORS.length).map(({ values }) => values),
    reach: threshold,
    limits: [{ alert: name, severity, value: threshold, side }],
  };
}

function titleOf({ by, groups, lines }: LiveAlertValues): string {
  if (by.length === 0) return "What it compares, the last 15 min";
  const some = groups > lines.length ? `, ${lines.length} of ${groups}: this one and the worst` : "";
  return `What it compares, by ${by.join(" and ")}, the last 15 min${some}`;
}

/** The meaning of each line, with its newest value. */
function Lines({ lines, unit }: LiveAlertValues) {
  return (
    <ul className="alertLines">
      {lines.map((line, index) => (
        <li key={JSON.stringify(line.labels)} data-own={line.isOwn}>
          <span className="swatch" style={{ background: `var(--${OTHER_COLORS[index - 1] ?? "line"})` }} />
          <bdi>{nameOf(line)}</bdi> {renderMeasure(unit, line.values.at(-1) ?? null)}
          {line.holds && <span className="chip">holds</span>}
        </li>
      ))}
    </ul>
  );
}

function nameOf({ labels }: LiveAlertLine): string {
  const entries = Object.entries(labels);
  const [only] = entries;
  if (only && entries.length === 1) return cutLine(only[1]);
  return entries.length === 0
    ? "(none)"
    : cutLine(entries.map(([label, value]) => `${label}=${value}`).join(", "));
}
