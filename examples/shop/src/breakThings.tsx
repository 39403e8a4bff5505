import { useState } from "react";
import { request } from "./api.ts";
import { MetricsErrorBoundary } from "./metrics.ts";

/** Long enough for a long task and an interaction that is rated poor. */
const FREEZE_MS = 600;

/** Faults on purpose: each shows up on the live page within five seconds. */
export function BreakThings() {
  const [said, setSaid] = useState("");
  const [isBroken, setBroken] = useState(false);
  const [pictures, setPictures] = useState(0);

  async function call(path: string): Promise<void> {
    setSaid("Asking…");
    const { value, error } = await request<{ milliseconds: number }>(path);
    setSaid(error ?? `Answered after ${value?.milliseconds} ms.`);
  }

  const faults: readonly [name: string, title: string, cause?: () => void][] = [
    ["throw_error", "Throw an error", throwError],
    ["reject_promise", "Reject a promise", rejectPromise],
    ["break_render", "Break a component", () => setBroken(true)],
    ["call_fail", "Call a broken endpoint", () => void call("/api/fail")],
    ["call_slow", "Call a slow endpoint", () => void call("/api/slow")],
    ["miss_picture", "Miss a picture", () => setPictures(pictures + 1)],
    ["freeze", "Freeze the page", freeze],
    ["do_nothing", "Do nothing"],
  ];

  return (
    <section className="breakThings" aria-labelledby="break-things">
      <h2 id="break-things">Break things</h2>
      <div className="row">
        {faults.map(([name, title, cause]) => (
          <button
            key={name}
            type="button"
            data-rum={name}
            data-testid={name.replace("_", "-")}
            onClick={cause}
          >
            {title}
          </button>
        ))}
      </div>
      <MetricsErrorBoundary fallback={<Repair onRepair={() => setBroken(false)} />} resetKeys={[isBroken]}>
        {isBroken && <BrokenShelf />}
      </MetricsErrorBoundary>
      {pictures > 0 && (
        <img key={pictures} src={`/missing-${pictures}.png`} alt="A picture that is not there" />
      )}
      <p className="quiet" role="status">
        {said}
      </p>
    </section>
  );
}

function Repair({ onRepair }: { onRepair: () => void }) {
  return (
    <p role="alert">
      A component broke, and its boundary held.{" "}
      <button type="button" className="plain" data-rum="repair" data-testid="repair" onClick={onRepair}>
        Repair it
      </button>
    </p>
  );
}

function BrokenShelf(): never {
  throw new TypeError("The shelf has no boards.");
}

function throwError(): void {
  throw new RangeError("The top shelf gave way.");
}

function rejectPromise(): void {
  void Promise.reject(new Error("The courier turned back."));
}

function freeze(): void {
  const end = performance.now() + FREEZE_MS;
  while (performance.now() < end);
}
