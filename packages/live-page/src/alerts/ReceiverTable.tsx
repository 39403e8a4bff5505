import type { LiveReceiver } from "@rumkit/protocol";
import { formatCount } from "../numbers/format.ts";
import { cutLine, renderPassed } from "./alertText.ts";

/** `disabled`: its service said that it is gone, so nothing is sent until the collector starts again. */
const STATES: Readonly<Record<LiveReceiver["state"], string>> = {
  ok: "ok",
  failing: "failing",
  disabled: "disabled",
};

const COLUMNS = ["Receiver", "Type", "State", "Waiting", "Dead letters", "Last error"];

/** The receivers of notices: those that work, and those that lose time or notices. */
export function ReceiverTable({ receivers }: { receivers: readonly LiveReceiver[] }) {
  if (receivers.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="receiversTitle">
      <h2 id="receiversTitle">Receivers</h2>
      <table className="alertTable">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {receivers.map((receiver) => (
            <ReceiverRow key={receiver.name} receiver={receiver} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ReceiverRow({ receiver }: { receiver: LiveReceiver }) {
  const { name, type, state, waiting, oldestWaitingSeconds, deadLetters, lastError } = receiver;
  return (
    <tr data-bad={state !== "ok" || deadLetters > 0}>
      <td className="name">{cutLine(name)}</td>
      <td>{cutLine(type)}</td>
      <td className="receiverState">{STATES[state] ?? cutLine(state)}</td>
      <td data-title="waiting">
        {waiting === 0
          ? "none"
          : `${formatCount(waiting)}, the oldest ${renderPassed(oldestWaitingSeconds * 1000)}`}
      </td>
      <td data-title="dead letters">{deadLetters === 0 ? "none" : formatCount(deadLetters)}</td>
      <td className="hint">{lastError && <bdi>{cutLine(lastError)}</bdi>}</td>
    </tr>
  );
}
