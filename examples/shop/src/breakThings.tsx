import { useState } from "react";
import { request } from "./api.ts";

/** Faults on purpose: each shows up on the live page within five seconds. */
export function BreakThings() {
  const [said, setSaid] = useState("");

  async function call(path: string): Promise<void> {
    setSaid("Asking…");
    const { value, error } = await request<{ milliseconds: number }>(path);
    setSaid(error ?? `Answered after ${value?.milliseconds} ms.`);
  }

  return (
    <section className="breakThings" aria-labelledby="break-things">
      <h2 id="break-things">Break things</h2>
      <div className="row">
        <button type="button" data-rum="throw_error" data-testid="throw-error" onClick={throwError}>
          Throw an error
        </button>
        <button type="button" data-rum="reject_promise" data-testid="reject-promise" onClick={rejectPromise}>
          Reject a promise
        </button>
        <button
          type="button"
          data-rum="call_fail"
          data-testid="call-fail"
          onClick={() => void call("/api/fail")}
        >
          Call a broken endpoint
        </button>
        <button
          type="button"
          data-rum="call_slow"
          data-testid="call-slow"
          onClick={() => void call("/api/slow")}
        >
          Call a slow endpoint
        </button>
      </div>
      <p className="quiet" role="status">
        {said}
      </p>
    </section>
  );
}

function throwError(): void {
  throw new RangeError("The top shelf gave way.");
}

function rejectPromise(): void {
  void Promise.reject(new Error("The courier turned back."));
}
