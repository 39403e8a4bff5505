import type { ErrorGroups, LiveBoard, LiveFunnel } from "@rumkit/protocol";
import type { ReactNode } from "react";
import { formatCount, renderShare, renderSpan } from "../numbers/format.ts";
import { rankErrors } from "./errorOrder.ts";

/** Rows of a list in the overview: the rest is in its view. */
const ROWS = 5;

interface BarRowProps {
  name: ReactNode;
  /** Beside the number. */
  note?: ReactNode;
  number: string;
  /** Width of the bar, 0 to 1. */
  share: number;
  isBad?: boolean;
}

/** A row whose bar shows its share. */
function BarRow({ name, note, number, share, isBad = false }: BarRowProps) {
  return (
    <li className="barRow" data-bad={isBad}>
      <span className="bar" style={{ width: `${Math.min(100, share * 100)}%` }} aria-hidden="true" />
      <span className="barName">{name}</span>
      {note !== undefined && <span className="hint">{note}</span>}
      <b>{number}</b>
    </li>
  );
}

/** The funnels of the catalog, with the loss of each step. */
export function Funnels({ funnels }: { funnels: readonly LiveFunnel[] }) {
  return funnels.map(({ funnel, windowSeconds, steps }) => {
    const most = Math.max(1, ...steps.map(({ sessions }) => sessions));
    return (
      <section className="card" key={funnel} aria-label={`Funnel ${funnel}`}>
        <h2>
          {titleCase(funnel)} <span className="hint">sessions, last {renderSpan(windowSeconds)}</span>
        </h2>
        <ol className="bars">
          {steps.map(({ event, sessions, ofPrevious }) => (
            <BarRow
              key={event}
              name={titleCase(event.replace(/^\w+:/, ""))}
              note={ofPrevious === null ? undefined : `−${renderShare(1 - Math.min(1, ofPrevious))}`}
              number={formatCount(sessions)}
              share={sessions / most}
            />
          ))}
        </ol>
      </section>
    );
  });
}

/** The routes that people look at. */
export function TopPages({ routes }: { routes: LiveBoard["routes"] }) {
  const [first] = routes;
  if (!first) return null;
  return (
    <section className="card" aria-label="Top pages">
      <h2>
        Top pages <span className="hint">views, last {renderSpan(first.windowSeconds)}</span>
      </h2>
      <ul className="bars">
        {routes.slice(0, ROWS).map(({ route, views }) => (
          <BarRow key={route} name={route} number={formatCount(views)} share={views / first.views} />
        ))}
      </ul>
    </section>
  );
}

/** The errors of pages: those that are new in the last release first. */
export function TopErrors({
  errors,
  release,
}: {
  errors: ErrorGroups | undefined;
  release: string | undefined;
}) {
  const groups = rankErrors(errors?.groups ?? [], release).slice(0, ROWS);
  const most = Math.max(1, ...groups.map(({ group }) => group.count));
  return (
    <section className="card" id="errors" aria-label="Errors">
      <h2>
        Errors{" "}
        <span className="hint">{release === undefined ? "most frequent" : "new in this release first"}</span>
      </h2>
      {groups.length === 0 && <p className="nothing">No error was reported.</p>}
      <ul className="bars">
        {groups.map(({ group, isNew }) => (
          <BarRow
            key={group.fingerprint}
            name={
              <span title={group.stack.join("\n")}>
                {group.name}: {group.message}
              </span>
            }
            note={isNew ? `new in ${release}` : Object.keys(group.routes)[0]}
            number={formatCount(group.count)}
            share={group.count / most}
            isBad
          />
        ))}
      </ul>
    </section>
  );
}

function titleCase(name: string): string {
  const words = name.replaceAll(/[_-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
