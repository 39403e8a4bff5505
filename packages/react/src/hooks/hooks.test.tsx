import { render, renderHook } from "@testing-library/react";
import { Component, type ReactNode, StrictMode } from "react";
import { describe, expect, test } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProfiler } from "./MetricsProfiler.tsx";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { useConversion } from "./useConversion.ts";
import { useFeatureUsage } from "./useFeatureUsage.ts";
import { useFormTracking } from "./useFormTracking.ts";
import { useMeasure } from "./useMeasure.ts";
import { useMetrics } from "../context/useMetrics.ts";
import { type WithMetrics, withMetrics } from "./withMetrics.tsx";

const page = recordPage();

const Provided = ({ children }: { children: ReactNode }): ReactNode => (
  <MetricsProvider pageViews="manual">{children}</MetricsProvider>
);

/** Returns the sent events, without the start of the session. */
async function sent(): Promise<object[]> {
  await page.settle();
  return page.events().filter(({ type }) => type !== "session_start");
}

describe.each([
  { hook: "useMetrics", useIt: () => useMetrics() },
  { hook: "useConversion", useIt: () => useConversion("signup") },
  { hook: "useMeasure", useIt: () => useMeasure("search") },
  { hook: "useFeatureUsage", useIt: () => useFeatureUsage("dark_mode") },
] satisfies { hook: string; useIt: () => unknown }[])("$hook", ({ useIt }) => {
  test("returns the same thing on every render", () => {
    const { result, rerender } = renderHook<unknown, unknown>(useIt, { wrapper: Provided });
    const first = result.current;
    rerender();
    expect(result.current).toBe(first);
  });
});

test("useConversion counts one goal, with its money", async () => {
  const { result } = renderHook(() => useConversion("wish"), { wrapper: Provided });
  result.current({ value: 19.99, currency: "EUR", source: "mail" });
  expect(await sent()).toMatchObject([
    { type: "conversion", name: "wish", details: { value: 19.99, currency: "EUR", source: "mail" } },
  ]);
});

test("useMeasure observes a value, with details or without", async () => {
  const { result } = renderHook(() => useMeasure("search"), { wrapper: Provided });
  result.current(0.25);
  result.current(0.5, { kind: "full" });
  expect(await sent()).toMatchObject([
    { type: "measurement", name: "search", value: 0.25 },
    { type: "measurement", name: "search", value: 0.5, details: { kind: "full" } },
  ]);
});

test("useFeatureUsage counts once per mount, also in StrictMode, once per change, and once per call", async () => {
  const { result, rerender } = renderHook(({ name }) => useFeatureUsage(name), {
    wrapper: ({ children }) => (
      <StrictMode>
        <Provided>{children}</Provided>
      </StrictMode>
    ),
    initialProps: { name: "dark_mode" },
  });
  rerender({ name: "dark_mode" });
  rerender({ name: "search_box" });
  result.current();
  const names = (await sent()).flatMap((event) => {
    const { name, count = 1 } = event as { name: string; count?: number };
    return Array<string>(count).fill(name);
  });
  expect(names).toEqual(["dark_mode", "search_box", "search_box"]);
});

test("useFormTracking names a form for the client", () => {
  const Form = () => <form {...useFormTracking("checkout")} />;
  const { container } = render(<Form />);
  expect(container.innerHTML).toBe('<form data-rum-form="checkout"></form>');
});

test("withMetrics gives a class the client in addition to its props", async () => {
  class Cart extends Component<WithMetrics & { readonly items: number }> {
    override componentDidMount(): void {
      this.props.metrics.trackAction("cart_shown", { items: this.props.items });
    }
    override render(): ReactNode {
      return null;
    }
  }
  const Measured = withMetrics(Cart);
  expect(Measured.displayName).toBe("withMetrics(Cart)");
  render(<Measured items={2} />, { wrapper: Provided });
  expect(await sent()).toMatchObject([{ type: "action", name: "cart_shown", details: { items: 2 } }]);
});

test("MetricsProfiler measures each commit of its tree, in seconds", async () => {
  const tree = (text: string) => (
    <MetricsProfiler name="render" details={{ part: "search" }}>
      <p>{text}</p>
    </MetricsProfiler>
  );
  const { rerender } = render(tree("a"), { wrapper: Provided });
  rerender(tree("b"));
  const measured = (await sent()) as { value: number; count?: number }[];
  expect(measured.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(2);
  for (const event of measured) {
    expect(event).toMatchObject({ type: "measurement", name: "render", details: { part: "search" } });
    expect(event.value).toBeGreaterThanOrEqual(0);
    expect(event.value).toBeLessThan(1);
  }
});
