import type { LiveBoard, LiveFunnel, LiveRouteRow } from "@rumkit/protocol";
import { useContext } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FilterValue } from "../filter/FilterValue.tsx";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { countThings, formatCount, renderDuration, renderShare, renderSpan } from "../numbers/format.ts";
import { BarRow } from "./BarRow.tsx";

/** Rows of a list in the overview. */
const ROWS = 5;

/** The funnels of the catalog, with the loss of each step. */
export function Funnels({ funnels }: { funnels: readonly LiveFunnel[] }) {
  return funnels.map((funnel) => <Funnel key={funnel.funnel} funnel={funnel} />);
}

function Funnel({ funnel: { funnel, windowSeconds, steps } }: { funnel: LiveFunnel }) {
  const { filter } = useContext(FilterContext);
  const most = Math.max(1, ...steps.map(({ sessions }) => sessions));
  return (
    <section className="card" aria-label={`Funnel ${funnel}`}>
      <h2>
        {titleCase(funnel)} <span className="hint">sessions, last {renderSpan(windowSeconds)}</span>
      </h2>
      <NotFiltered what="a funnel counts the sessions of the whole app." labels={[...filter.keys()]} />
      <ol className="bars">
        {steps.map(({ event, sessions, ofPrevious }) => (
          <BarRow
            key={event}
            name={<Step event={event} text={titleCase(event.replace(/^\w+:/, ""))} />}
            note={ofPrevious === null ? undefined : `−${renderShare(1 - Math.min(1, ofPrevious))}`}
            number={<Step event={event} text={formatCount(sessions)} />}
            share={sessions / most}
          />
        ))}
      </ol>
    </section>
  );
}

/** A step filters by its event: `page_view:/cart` by the route, `action:add_to_cart` by the action. */
function Step({ event, text }: { event: string; text: string }) {
  const [type = "", name = ""] = event.split(/:(.*)/s);
  return <FilterValue label={type === "page_view" ? "route" : type} value={name} text={text} />;
}

/** The routes that people look at. */
export function TopPages({ routes }: { routes: LiveBoard["routes"] }) {
  const { filter } = useContext(FilterContext);
  const route = filter.get("route");
  const shown = routes.filter((row) => route === undefined || row.route === route);
  const [first] = routes;
  if (!first) return null;
  return (
    <section className="card" aria-label="Top pages">
      <h2>
        Top pages <span className="hint">views, last {renderSpan(first.windowSeconds)}</span>
      </h2>
      <NotFiltered
        what="pages are counted by route."
        labels={[...filter.keys()].filter((label) => label !== "route")}
      />
      {shown.length === 0 && <p className="nothing">No data for this filter.</p>}
      <ul className="bars">
        {shown.slice(0, ROWS).map((row) => (
          <BarRow
            key={row.route}
            name={<FilterValue label="route" value={row.route} />}
            note={noteOf(row)}
            number={<FilterValue label="route" value={row.route} text={formatCount(row.views)} />}
            share={row.views / first.views}
          />
        ))}
      </ul>
    </section>
  );
}

function noteOf({ errors, lcpP75 }: LiveRouteRow): string | undefined {
  const parts = [
    ...(errors > 0 ? [countThings(errors, "error")] : []),
    ...(lcpP75 === null ? [] : [`LCP ${renderDuration(lcpP75)}`]),
  ];
  return parts.length > 0 ? parts.join(", ") : undefined;
}

function titleCase(name: string): string {
  const words = name.replaceAll(/[_-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
