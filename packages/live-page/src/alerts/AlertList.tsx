import type { LiveAlert } from "@rumkit/protocol";
import { useId, useMemo, useState } from "react";
import { formatCount } from "../numbers/format.ts";
import { AlertRow } from "./AlertRow.tsx";
import { renderPassed } from "./alertText.ts";
import { matcherOf } from "../filter/matchWords.ts";
import { SearchField } from "../filter/SearchField.tsx";

/** Rows at first, and with each "more": a storm of alerts must not make the page slow. */
const STEP = 25;

/** Rows from which on people search. */
const SEARCH_FROM = 10;

const MINUTE_MS = 60_000;

interface AlertListProps {
  title: string;
  hint?: string;
  alerts: readonly LiveAlert[];
  /** The collector's time. */
  now: number;
}

/** A list of alerts, with a search and a bound once there are many. Nothing without any. */
export function AlertList({ title, hint, alerts, now }: AlertListProps) {
  const id = useId();
  const [words, setWords] = useState("");
  const [most, setMost] = useState(STEP);
  const found = useMemo(() => {
    const matches = matcherOf(words);
    return words.trim() === "" ? alerts : alerts.filter((alert) => matches(textOf(alert)));
  }, [alerts, words]);
  if (alerts.length === 0) return null;
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const rest = found.length - most;
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span className="hint">{[formatCount(alerts.length), hint].filter(Boolean).join(" · ")}</span>
      </h2>
      {alerts.length >= SEARCH_FROM && (
        <SearchField
          label={`Search in ${title.toLowerCase()}`}
          placeholder="Search by name, text or label"
          value={words}
          onChange={setWords}
        />
      )}
      <ul className="alertList">
        {found.slice(0, most).map((alert) => (
          <AlertRow key={alert.episode} alert={alert} age={renderPassed(lengthOf(alert, now))} now={minute} />
        ))}
      </ul>
      {found.length === 0 && <p className="empty">No alert matches. Try fewer words.</p>}
      {rest > 0 && (
        <div className="chips alertItem">
          <button type="button" onClick={() => setMost(most + STEP)}>
            {`Show ${Math.min(STEP, rest)} of ${formatCount(rest)} more`}
          </button>
        </div>
      )}
    </section>
  );
}

function lengthOf({ startsAt, endsAt }: LiveAlert, now: number): number {
  return (endsAt ?? now) - startsAt;
}

function textOf({ name, summary, severity, labels }: LiveAlert): string {
  return [name, summary, severity, ...Object.entries(labels).flat()].join(" ");
}
