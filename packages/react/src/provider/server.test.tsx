// @vitest-environment node
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { createMetricsContext } from "../typed/createMetricsContext.ts";
import { rootErrorHandlers } from "../errors/rootErrorHandlers.ts";

const {
  MetricsErrorBoundary,
  MetricsProfiler,
  MetricsProvider,
  useActionTracking,
  useConversion,
  useFeatureUsage,
  useFormTracking,
  useMeasure,
  useMetrics,
  usePageView,
  withMetrics,
} = createMetricsContext();

const Wrapped = withMetrics(({ metrics }: { metrics: ReturnType<typeof useMetrics> }) => {
  metrics.trackAction("rendered");
  return "wrapped";
});

function Everything(): ReactNode {
  usePageView("/");
  useFeatureUsage("dark_mode")();
  useConversion("signup")();
  useMeasure("search")(1);
  useActionTracking().trackAction("rendered");
  rootErrorHandlers(useMetrics());
  return (
    <MetricsErrorBoundary>
      <MetricsProfiler name="render">
        <form {...useFormTracking("checkout")} />
        <Wrapped />
      </MetricsProfiler>
    </MetricsErrorBoundary>
  );
}

const HTML = '<form data-rum-form="checkout"></form>wrapped';

test("everything renders on a server, and counts nothing there", () => {
  const onFetch = vi.spyOn(globalThis, "fetch");
  const html = renderToString(
    <MetricsProvider>
      <Everything />
    </MetricsProvider>,
  );
  expect(html).toBe(HTML);
  expect(onFetch).not.toHaveBeenCalled();
});

test("without a provider too", () => {
  expect(renderToString(<Everything />)).toBe(HTML);
});
