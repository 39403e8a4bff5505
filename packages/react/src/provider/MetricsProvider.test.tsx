import { act, render } from "@testing-library/react";
import { createMetrics, type Metrics } from "@rumkit/browser";
import { Activity, type ReactNode, StrictMode, Suspense, useEffect } from "react";
import { describe, expect, test, vi } from "vitest";
import { MetricsProvider, type MetricsProviderProps } from "./MetricsProvider.tsx";
import { recordPage } from "../../test/recordPage.ts";
import { useActionTracking } from "../hooks/useActionTracking.ts";
import { useMetrics } from "../context/useMetrics.ts";

const page = recordPage();

function TrackOnMount({ name }: { name: string }): ReactNode {
  const { trackAction } = useActionTracking();
  useEffect(() => trackAction(name), [trackAction, name]);
  return null;
}

describe("MetricsProvider", () => {
  test("counts one session and one page view, also under StrictMode's double effects", async () => {
    render(
      <StrictMode>
        <MetricsProvider>hello</MetricsProvider>
      </StrictMode>,
    );
    await page.settle();
    expect(page.counts()).toEqual({ session_start: 1, page_view: 1 });
  });

  test("without props sends to /collect on the page's origin", async () => {
    render(<MetricsProvider />);
    await page.settle();
    expect(page.urls).toEqual(["/collect"]);
  });

  test("passes its options to the client", async () => {
    render(
      <MetricsProvider url="/rum/collect" app="shop" release="1.4.2" pageViews="manual">
        <TrackOnMount name="mounted" />
      </MetricsProvider>,
    );
    await page.settle();
    expect(page.urls).toEqual(["/rum/collect"]);
    expect(page.batches[0]).toMatchObject({ app: "shop", release: "1.4.2" });
    expect(page.counts()).toEqual({ session_start: 1, action: 1 });
  });

  test("keeps calls in effects of its children that run before its effect", async () => {
    render(
      <MetricsProvider>
        <TrackOnMount name="early" />
      </MetricsProvider>,
    );
    await page.settle();
    expect(page.counts()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });

  test("starts nothing while rendering: a discarded render has no effect", async () => {
    const onListen = vi.spyOn(document, "addEventListener");
    const never = new Promise<string>(() => {});
    const Waiting = () => {
      // What `use` does on React 19; 18 has only this.
      throw never;
    };
    await act(async () => {
      render(
        <Suspense fallback="waiting">
          <MetricsProvider>
            <Waiting />
          </MetricsProvider>
        </Suspense>,
      );
    });
    await page.settle();
    expect(page.batches).toEqual([]);
    expect(onListen.mock.calls.map(([type]) => type)).not.toContain("freeze");
  });

  test("stops its client when unmounted: pending events are sent, then nothing more", async () => {
    const taken: Metrics[] = [];
    const Taking = () => {
      taken[0] = useMetrics();
      return null;
    };
    const { unmount } = render(
      <MetricsProvider>
        <Taking />
      </MetricsProvider>,
    );
    taken[0]?.trackAction("last");
    unmount();
    await page.settle();
    expect(page.counts()).toMatchObject({ action: 1 });
    taken[0]?.trackAction("late");
    await page.settle();
    expect(page.counts()).toMatchObject({ action: 1 });
  });

  test.skipIf(!Activity)("counts the effects of a tree that React hides and shows again", async () => {
    const show = (mode: "visible" | "hidden") => (
      <Activity mode={mode}>
        <MetricsProvider>
          <TrackOnMount name="shown" />
        </MetricsProvider>
      </Activity>
    );
    const { rerender } = render(show("visible"));
    await page.settle();
    rerender(show("hidden"));
    await page.settle();
    rerender(show("visible"));
    await page.settle();
    expect(page.counts()).toEqual({ session_start: 1, page_view: 1, action: 2 });
  });

  test("leaves a client of the app running", async () => {
    const client = createMetrics();
    const { unmount } = render(
      <MetricsProvider client={client}>
        <TrackOnMount name="mounted" />
      </MetricsProvider>,
    );
    unmount();
    await page.settle();
    client.trackAction("still");
    await page.settle();
    expect(page.counts()).toEqual({ session_start: 1, page_view: 1, action: 2 });
    client.stop();
  });

  test("has a separate client next to another provider", async () => {
    render(
      <>
        <MetricsProvider url="/a">
          <TrackOnMount name="left" />
        </MetricsProvider>
        <MetricsProvider url="/b">
          <TrackOnMount name="right" />
        </MetricsProvider>
      </>,
    );
    await page.settle();
    expect(page.urls.toSorted()).toEqual(["/a", "/b"]);
    expect(page.events().filter(({ type }) => type === "action")).toHaveLength(2);
  });
});

describe("ownership of the client", () => {
  test("a client of the app is never started or stopped, even if the prop appears and disappears", async () => {
    const client = createMetrics({ url: "/app", pageViews: "manual" });
    const start = vi.spyOn(client, "start");
    const stop = vi.spyOn(client, "stop");
    const tree = (props: MetricsProviderProps) => <MetricsProvider {...props} />;
    const { rerender, unmount } = render(tree({ client }));
    rerender(tree({ url: "/own" }));
    await page.settle();
    rerender(tree({ client }));
    await page.settle();
    unmount();
    await page.settle();
    expect(start).not.toHaveBeenCalled();
    expect(stop).not.toHaveBeenCalled();
    client.trackAction("still");
    await page.settle();
    expect(page.urls.toSorted()).toEqual(["/app", "/own"]);
    client.stop();
  });

  test("a client of the provider is stopped while the app passes another, and restarts afterwards", async () => {
    const client = createMetrics({ url: "/app", pageViews: "manual" });
    const tree = (name: string, props: MetricsProviderProps) => (
      <MetricsProvider {...props}>
        <TrackOnMount key={name} name={name} />
      </MetricsProvider>
    );
    const { rerender } = render(tree("own", { url: "/own" }));
    await page.settle();
    rerender(tree("theirs", { client }));
    await page.settle();
    rerender(tree("own again", { url: "/own" }));
    await page.settle();
    expect(page.urls).toEqual(["/own", "/app", "/own"]);
    client.stop();
  });
});

describe("the hooks", () => {
  test("return the same functions on every render", () => {
    const seen = new Set<unknown>();
    const Looking = ({ round }: { round: number }) => {
      const { trackAction, trackConversion } = useActionTracking();
      seen.add(trackAction).add(trackConversion);
      return <>{round}</>;
    };
    const { rerender } = render(
      <MetricsProvider>
        <Looking round={1} />
      </MetricsProvider>,
    );
    rerender(
      <MetricsProvider>
        <Looking round={2} />
      </MetricsProvider>,
    );
    expect(seen.size).toBe(2);
  });

  test("without a provider do nothing, with one warning in development", async () => {
    vi.stubEnv("NODE_ENV", "development");
    render(<TrackOnMount name="lost" />);
    render(<TrackOnMount name="lost too" />);
    await page.settle();
    vi.unstubAllEnvs();
    expect(page.batches).toEqual([]);
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [expect.stringContaining("no MetricsProvider above this component")],
    ]);
    vi.mocked(console.warn).mockClear();
  });
});
