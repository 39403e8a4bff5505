import type { LiveAlert } from "@rumkit/protocol";
import { memo, useContext, useState } from "react";
import { FilterValue } from "../filter/FilterValue.tsx";
import { AlertChart } from "./AlertChart.tsx";
import { cutLine, cutText, linkOf, renderCompared, renderMoment, renderPassed } from "./alertText.ts";
import { AlertValues } from "./AlertValues.tsx";
import { AuditTrail } from "./AuditTrail.tsx";
import { Fact } from "./Fact.tsx";
import { NoticeTable } from "./NoticeTable.tsx";
import { SeverityBadge } from "./SeverityBadge.tsx";
import { ControlsContext, matchersOf } from "./tasks.ts";

interface AlertRowProps {
  alert: LiveAlert;
  /** The age of the alert, or how long it fired. */
  age: string;
  /** The begin of the minute, so that a row is drawn again only when its text changes. */
  now: number;
}

/** One episode of an alert. Its texts are data from a catalog, from pages and from people: always text, never markup. */
export const AlertRow = memo(function AlertRow({ alert, age, now }: AlertRowProps) {
  const { openEpisodes } = useContext(ControlsContext);
  const { name, summary, startsAt, severity, state, episode } = alert;
  const [isOpen, setOpen] = useState(() => openEpisodes.has(episode));
  const onToggle = ({ currentTarget: { open } }: { currentTarget: HTMLDetailsElement }): void => {
    setOpen(open);
    if (open) openEpisodes.add(episode);
    else openEpisodes.delete(episode);
  };
  return (
    <li data-state={state} data-row={episode}>
      <details open={isOpen} onToggle={onToggle}>
        <summary>
          <SeverityBadge severity={severity} state={state} />
          <span className="alertName">
            <b>{cutLine(name)}</b> <bdi>{cutLine(summary)}</bdi>
          </span>
          <span className="alertChips">
            <Chips alert={alert} />
          </span>
          <span className="hint alertWhen">
            {renderCompared(alert)} · {state === "resolved" ? "at" : "since"} {renderMoment(startsAt, now)},{" "}
            {state === "resolved" && "for "}
            {age}
          </span>
        </summary>
        {isOpen && <AlertDetails alert={alert} now={now} />}
      </details>
    </li>
  );
});

/** Reasons for which notices are held back, in words; any other is the id of a silence or the name of a mute time. */
const MUTED: Readonly<Record<string, string>> = {
  inhibited: "inhibited",
  maintenance: "maintenance",
  flapping: "flapping",
};

function Chips({ alert: { state, acknowledged, mutedBy } }: { alert: LiveAlert }) {
  const reasons = [...new Set(mutedBy.map((reason) => MUTED[reason] ?? "muted"))];
  return (
    <>
      {state === "recovering" && <span className="chip">recovering</span>}
      {acknowledged && <span className="chip">acknowledged</span>}
      {reasons.map((reason) => (
        <span className="chip" key={reason}>
          {reason}
        </span>
      ))}
    </>
  );
}

function AlertDetails({ alert, now }: { alert: LiveAlert; now: number }) {
  const { description, figure, notices, episode, state } = alert;
  return (
    <div className="alertDetails">
      {description !== "" && (
        <p>
          <bdi>{cutText(description)}</bdi>
        </p>
      )}
      <AlertFacts alert={alert} now={now} />
      {state !== "resolved" &&
        (figure === null ? <AlertValues alert={alert} /> : <AlertChart name={figure} />)}
      <AlertButtons alert={alert} />
      {notices.length > 0 && <NoticeTable notices={notices} now={now} name={alert.name} />}
      <AuditTrail about={episode} revision={JSON.stringify([state, alert.acknowledged, notices])} now={now} />
    </div>
  );
}

function AlertFacts({ alert, now }: { alert: LiveAlert; now: number }) {
  const { labels, release, startsAt, endsAt, acknowledged, mutedBy, state } = alert;
  return (
    <dl className="facts">
      <Fact name={state === "pending" ? "Condition holds since" : "Fires since"}>
        {renderMoment(startsAt, now)}
      </Fact>
      {endsAt !== null && (
        <Fact name="Ended">
          {renderMoment(endsAt, now)}, after {renderPassed(endsAt - startsAt)}
        </Fact>
      )}
      {release !== null && (
        <Fact name="Release">
          {cutLine(release) === release ? <FilterValue label="release" value={release} /> : cutLine(release)}
        </Fact>
      )}
      {acknowledged && (
        <Fact name={`Acknowledged by ${cutLine(acknowledged.by)}, ${renderMoment(acknowledged.at, now)}`}>
          <bdi>{cutText(acknowledged.why)}</bdi>
        </Fact>
      )}
      {mutedBy.length > 0 && <Fact name="Notices held back by">{cutLine(mutedBy.join(", "))}</Fact>}
      {Object.entries(labels).map(([label, value]) => (
        <Fact key={label} name={cutLine(label)}>
          <bdi>{cutLine(value)}</bdi>
        </Fact>
      ))}
    </dl>
  );
}

function AlertButtons({ alert }: { alert: LiveAlert }) {
  const { viewer, start } = useContext(ControlsContext);
  const links = [
    [alert.runbook, "Runbook"],
    [alert.board, "Grafana board"],
  ] as const;
  const isOpen = alert.state !== "resolved";
  return (
    <div className="chips">
      {viewer.mayAct && isOpen && (
        <>
          {!alert.acknowledged && alert.state !== "pending" && (
            <button type="button" onClick={() => start({ kind: "acknowledge", alert })}>
              Acknowledge…
            </button>
          )}
          <button type="button" onClick={() => start({ kind: "silence", matchers: matchersOf(alert) })}>
            Silence…
          </button>
        </>
      )}
      {links.map(([address, text]) => {
        const href = linkOf(address);
        return (
          href && (
            <a key={text} href={href} target="_blank" rel="noreferrer">
              {text}
            </a>
          )
        );
      })}
    </div>
  );
}
