import type { LiveFigure } from "@rumkit/protocol";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { ConnectionStatus, freshnessOf } from "./ConnectionStatus.tsx";
import { Controls } from "./Controls.tsx";
import { FigureCard } from "./FigureCard.tsx";
import type { LiveState } from "../stream/liveState.ts";
import type { LiveStore } from "../stream/liveStore.ts";
import { selectSeries } from "../numbers/series.ts";
import { TailTable } from "./TailTable.tsx";
import { TokenForm } from "./TokenForm.tsx";
import { TotalsTable } from "./TotalsTable.tsx";
import { useAge } from "./useAge.ts";

/** Default time window in seconds: long enough to see a change come and go, short enough to see it immediately. */
const DEFAULT_WINDOW = 300;

interface LivePageProps {
  store: LiveStore;
  createChart: CreateChart;
  /** Called with the token that the viewer entered, if the collector requires one. */
  onToken: (token: string) => void;
  /** Returns true if the stream was opened with a token. A denial then means that the token is wrong. */
  hasToken: () => boolean;
  /** Shows only figures and status, for a wall display. Default false. */
  isKiosk?: boolean;
}

/** The live page: status, figures, last events, totals. The collector defines the figures. */
export function LivePage({ store, createChart, onToken, hasToken, isKiosk = false }: LivePageProps) {
  const { live, connection, pausedAt } = useSyncExternalStore(store.subscribe, store.getView);
  const age = useAge(store.getLastFrameAt);
  const [windowSeconds, setWindowSeconds] = useState(DEFAULT_WINDOW);
  useTitle(live.app);
  const [wasDenied, setWasDenied] = useState(false);
  // The form stays while a token is tried, so that it keeps its input.
  if (connection === "denied" && !wasDenied) setWasDenied(true);
  if (connection === "live" && wasDenied) setWasDenied(false);

  return (
    <div className="page" data-kiosk={isKiosk} data-freshness={freshnessOf(age)}>
      <header className="pageHeader">
        <Logo />
        <h1>
          {live.app || "rumkit"} <span className="hint">live</span>
        </h1>
        <ConnectionStatus connection={connection} age={age} isPaused={pausedAt !== undefined} />
        {!isKiosk && !wasDenied && (
          <Controls
            windowSeconds={windowSeconds}
            onWindow={setWindowSeconds}
            pausedAt={pausedAt}
            onPaused={store.setPaused}
          />
        )}
      </header>
      <main>
        {/* Without a token, the page does not know whether there are events. */}
        {wasDenied && <TokenForm isWrong={connection === "denied" && hasToken()} onToken={onToken} />}
        {!wasDenied && <Figures live={live} windowSeconds={windowSeconds} createChart={createChart} />}
        {!isKiosk && !wasDenied && <TailTable tail={live.tail} />}
        {!isKiosk && !wasDenied && <TotalsTable totals={live.totals} />}
      </main>
    </div>
  );
}

function useTitle(app: string): void {
  useEffect(() => {
    document.title = app ? `${app} · live` : "Live · rumkit";
  }, [app]);
}

interface FiguresProps {
  live: LiveState;
  windowSeconds: number;
  createChart: CreateChart;
}

function Figures({ live: { figures, numbers, points }, windowSeconds, createChart }: FiguresProps) {
  const series = useMemo(
    () => selectSeries(points, figures.length, windowSeconds),
    [points, figures, windowSeconds],
  );
  const shown = figures.filter(({ hideWhileEmpty = false }) => !hideWhileEmpty);
  if (figures.length === 0) return <p className="empty waiting">Waiting for data from the collector…</p>;
  return (
    <section aria-labelledby="figuresTitle">
      <h2 id="figuresTitle" className="visuallyHidden">
        Figures
      </h2>
      <div className="figures" data-columns={columnsFor(shown)}>
        {shown.map((figure) => (
          <FigureCard
            key={figure.name}
            figure={figure}
            number={numbers[figures.indexOf(figure)] ?? null}
            series={series[figures.indexOf(figure)]!}
            createChart={createChart}
          />
        ))}
      </div>
    </section>
  );
}

/** Returns four columns for a wide screen, or three if they leave fewer gaps in the last row. */
function columnsFor({ length }: readonly LiveFigure[]): number {
  const empty = (columns: number) => (columns - (length % columns)) % columns;
  return empty(3) < empty(4) ? 3 : 4;
}

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M5 17h5l3-8 5 14 4-9 2 3h3" />
    </svg>
  );
}
