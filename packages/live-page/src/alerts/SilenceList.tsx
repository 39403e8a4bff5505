import type { LiveSilence } from "@rumkit/protocol";
import { useContext } from "react";
import { cutLine, cutText, renderMoment, renderPassed } from "./alertText.ts";
import { ControlsContext } from "./tasks.ts";

const MINUTE_MS = 60_000;

/** The silences that hold back notices now or later. */
export function SilenceList({ silences, now }: { silences: readonly LiveSilence[]; now: number }) {
  const { viewer, start } = useContext(ControlsContext);
  const open = silences.filter(({ endsAt }) => endsAt > now).toSorted((a, b) => a.endsAt - b.endsAt);
  if (open.length === 0 && !viewer.mayAct) return null;
  return (
    <section className="panel" aria-labelledby="silencesTitle">
      <h2 id="silencesTitle">Silences</h2>
      <ul className="alertList">
        {open.map((silence) => (
          <SilenceRow key={silence.id} silence={silence} now={now} />
        ))}
      </ul>
      {open.length === 0 && <p className="empty">No alert is silenced.</p>}
      {viewer.mayAct && (
        <div className="chips alertItem">
          <button type="button" onClick={() => start({ kind: "silence", matchers: [] })}>
            New silence…
          </button>
        </div>
      )}
    </section>
  );
}

function SilenceRow({ silence, now }: { silence: LiveSilence; now: number }) {
  const { viewer, start } = useContext(ControlsContext);
  const { matchers, by, why, startsAt, endsAt } = silence;
  const when =
    startsAt > now
      ? `from ${renderMoment(startsAt, now)} to ${renderMoment(endsAt, now)}`
      : `until ${renderMoment(endsAt, now)}, ${renderPassed(Math.ceil((endsAt - now) / MINUTE_MS) * MINUTE_MS)} left`;
  return (
    <li className="alertItem" data-row={silence.id}>
      <p className="matchers">
        <code>{cutLine(matchers.join(", "))}</code>
      </p>
      <p>
        <b>{cutLine(by)}</b>: <bdi>{cutText(why)}</bdi> <span className="hint">{when}</span>
      </p>
      {viewer.mayAct && (
        <div className="chips">
          <button
            type="button"
            aria-label={`End the silence of ${cutLine(matchers.join(", "))}`}
            onClick={() => start({ kind: "end", silence })}
          >
            End…
          </button>
        </div>
      )}
    </li>
  );
}
