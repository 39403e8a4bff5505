import type { LiveGroup } from "@rumkit/protocol";
import { useEffect, useState } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { Banner } from "../overview/Banner.tsx";
import { shownFigures } from "../overview/chosenFigures.ts";
import { newestRelease } from "../overview/errorOrder.ts";
import { Overview } from "../overview/Overview.tsx";
import type { LiveApi } from "../stream/liveApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import { BACKEND_TABLES } from "../views/backendTables.ts";
import { CollectorView } from "../views/CollectorView.tsx";
import { ErrorsView } from "../views/ErrorsView.tsx";
import { EventsView } from "../views/EventsView.tsx";
import { GroupView } from "../views/GroupView.tsx";
import { RefusedView } from "../views/RefusedView.tsx";
import { TotalsTables } from "../views/TotalsTables.tsx";
import type { Address } from "./useAddress.ts";
import { useHistories } from "./useHistories.ts";
import type { Kiosk } from "./useKiosk.ts";
import { usePolled } from "./usePolled.ts";

/** Milliseconds between two looks at the errors. */
const ERRORS_EVERY_MS = 5_000;

/** The views with one card for each figure. */
const GROUPS: Readonly<Record<LiveGroup, string>> = {
  business: "Business",
  experience: "Experience",
  errors: "Errors",
  backend: "Backend",
};

export interface ContentProps {
  api: LiveApi;
  createChart: CreateChart;
  /** The address of the collector, without a slash at its end. */
  collector: string;
  live: LiveState;
  address: Address;
  setAddress: (change: Partial<Address>) => void;
  kiosk: Kiosk;
  isPaused: boolean;
}

/** The views, and the one that is shown. */
export function Content({
  live,
  address,
  setAddress,
  kiosk,
  isPaused,
  api,
  createChart,
  collector,
}: ContentProps) {
  const seconds = Number(address.window);
  const windowSeconds = Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, 900) : undefined;
  const chosen = address.chart || undefined;
  const histories = useHistories(api, live, { chosen, windowSeconds, cards: kiosk.cards });
  const errors = usePolled(api.errors, ERRORS_EVERY_MS, live.app || undefined);
  const filled = new Set<string>(shownFigures(live.figures).map(({ group }) => group));
  const views = viewsOf(filled);
  const view = useRotation(kiosk, views, filled, address.view);
  return (
    <>
      <Banner
        objectives={live.board?.objectives ?? []}
        onErrors={kiosk.isOn ? undefined : () => setAddress({ view: "errors" })}
      />
      {!kiosk.isOn && <Views views={views} view={view} onView={(next) => setAddress({ view: next })} />}
      <main data-view={view}>
        {view === "overview" && (
          <Overview
            live={live}
            histories={histories}
            errors={errors}
            windowSeconds={windowSeconds}
            chosen={chosen}
            onChoose={(chart) => setAddress({ chart })}
            isPaused={isPaused}
            cards={kiosk.cards}
            collector={collector}
            createChart={createChart}
          />
        )}
        {isGroup(view) && (
          <GroupView
            live={live}
            group={view}
            windowSeconds={windowSeconds ?? 900}
            createChart={createChart}
          />
        )}
        {view === "errors" && <ErrorsView errors={errors} release={newestRelease(live.board)} />}
        {view === "backend" && <TotalsTables tables={BACKEND_TABLES} totals={live.totals} />}
        {view === "events" && <EventsView tail={live.tail} />}
        {view === "refused" && <RefusedView totals={live.totals} />}
        {view === "collector" && <CollectorView totals={live.totals} />}
      </main>
    </>
  );
}

function isGroup(view: string): view is LiveGroup {
  return Object.hasOwn(GROUPS, view);
}

/** The views that have something to show, by their names in the address. */
function viewsOf(filled: ReadonlySet<string>): Record<string, string> {
  // Errors are listed with or without a figure of them.
  const groups = Object.entries(GROUPS).filter(([group]) => group === "errors" || filled.has(group));
  return {
    overview: "Overview",
    ...Object.fromEntries(groups),
    events: "Events",
    refused: "Refused",
    collector: "Collector",
  };
}

interface ViewsProps {
  views: Readonly<Record<string, string>>;
  view: string;
  onView: (view: string) => void;
}

function Views({ views, view, onView }: ViewsProps) {
  return (
    <nav className="views" aria-label="Views">
      {Object.entries(views).map(([name, title]) => (
        <button
          key={name}
          type="button"
          aria-current={name === view ? "page" : undefined}
          onClick={() => onView(name)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

/** Returns the view to show: the chosen one, or each in turn on a wall display. */
function useRotation(
  { isOn, rotateSeconds }: Kiosk,
  views: Readonly<Record<string, string>>,
  filled: ReadonlySet<string>,
  chosen: string,
): string {
  const [turn, setTurn] = useState(0);
  const isRotating = isOn && rotateSeconds > 0;
  useEffect(() => {
    if (!isRotating) return;
    const timer = setInterval(() => setTurn((known) => known + 1), rotateSeconds * 1000);
    return () => clearInterval(timer);
  }, [isRotating, rotateSeconds]);
  const names = Object.keys(views).filter((name) => name === "overview" || filled.has(name));
  if (isRotating) return names[turn % names.length] ?? "overview";
  return Object.hasOwn(views, chosen) ? chosen : "overview";
}
