import { act, cleanup, render } from "@testing-library/react";
import { type ReactNode, version } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsErrorBoundary } from "./MetricsErrorBoundary.tsx";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { rootErrorHandlers } from "./rootErrorHandlers.ts";
import { useMetrics } from "../context/useMetrics.ts";

const page = recordPage();

beforeEach(() => vi.mocked(console.error).mockName("expected"));
afterEach(() => void vi.mocked(console.error).mockClear());

/** React 18 has no such options. */
const hasOptions = !version.startsWith("18");

/** As `createRoot(element, rootErrorHandlers(metrics))`, which wants its client before it renders. */
async function messagesOf(tree: ReactNode): Promise<(string | undefined)[]> {
  let client: ReturnType<typeof useMetrics> | undefined;
  const Take = (): ReactNode => {
    client = useMetrics();
    return null;
  };
  const { onCaughtError } = rootErrorHandlers({ trackError: (...given) => client?.trackError(...given) });
  render(
    <MetricsProvider pageViews="manual">
      <Take />
      {tree}
    </MetricsProvider>,
    { onCaughtError },
  );
  await act(page.settle);
  return page
    .events()
    .flatMap((event) =>
      event.type === "error" ? Array(event.count ?? 1).fill(event.message) : [],
    ) as string[];
}

const Fails = ({ value }: { value: unknown }): ReactNode => {
  throw value;
};
const caught = (value: unknown, key = 0): ReactNode => (
  <MetricsErrorBoundary key={key} fallback="sorry">
    <Fails value={value} />
  </MetricsErrorBoundary>
);

test.runIf(hasOptions).each([
  ["an error", new Error("broken"), "broken"],
  ["a frozen error", Object.freeze(new Error("frozen")), "frozen"],
  ["a text", "text", "text"],
  ["null", null, "null"],
  ["undefined", undefined, "undefined"],
  ["zero", 0, "0"],
  ["NaN", NaN, "NaN"],
])("%s that a MetricsErrorBoundary caught counts once", async (_title, value, message) => {
  expect(await messagesOf(caught(value))).toEqual([message]);
});

test.runIf(hasOptions)("the same primitive of two components counts twice", async () => {
  expect(await messagesOf([caught("text", 1), caught("text", 2)])).toEqual(["text", "text"]);
});

test.runIf(hasOptions)("the same primitive counts again if another root throws it", async () => {
  await messagesOf(caught("text"));
  cleanup();
  expect(await messagesOf(caught("text"))).toEqual(["text", "text"]);
});

test("without reportError, a primitive that no boundary catches counts once", () => {
  vi.stubGlobal("reportError", undefined);
  const trackError = vi.fn<() => void>();
  rootErrorHandlers({ trackError }).onUncaughtError("text", { componentStack: "at Fails" });
  expect(trackError).toHaveBeenCalledExactlyOnceWith("text", { source: "react", componentStack: "at Fails" });
  expect(console.error).toHaveBeenCalledExactlyOnceWith("text");
});
