import { act, cleanup, render } from "@testing-library/react";
import { createMetrics, type Metrics } from "@rumkit/browser";
import { Activity, type ReactNode, StrictMode, Suspense, use, useEffect } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MetricsProvider } from "./MetricsProvider.tsx";
import { type Network, recordNetwork } from "../../../test/pageNetwork.ts";
import { useActionTracking } from "./useActionTracking.ts";
import { useMetrics } from "./useMetrics.ts";
import { usePageView } from "./usePageView.ts";

let network: Network;

beforeEach(() => {
  vi.useFakeTimers();
  network = recordNetwork();
  sessionStorage.clear();
  history.replaceState(null, "", "/shop");
});

afterEach(async () => {
  cleanup();
  await vi.runAllTimersAsync();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Lets the provider's client send what waits. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(6_000);
}

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
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1 });
  });

  test("without a property sends to /collect of the page's own origin", async () => {
    render(<MetricsProvider />);
    await settle();
    expect(network.urls).toEqual(["/collect"]);
  });

  test("passes its options on", async () => {
    render(<MetricsProvider url="/rum/collect" app="shop" release="1.4.2" pageViews="manual" />);
    await settle();
    expect(network.urls).toEqual(["/rum/collect"]);
    expect(network.batches[0]).toMatchObject({
      app: "shop",
      release: "1.4.2",
      events: [{ type: "session_start" }],
    });
  });

  test("keeps what effects of its children track before its own effect runs", async () => {
    render(
      <MetricsProvider>
        <TrackOnMount name="early" />
      </MetricsProvider>,
    );
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });

  test("starts nothing while it renders: a render that React throws away leaves no trace", async () => {
    const onListen = vi.spyOn(document, "addEventListener");
    const never = new Promise<string>(() => {});
    const Waiting = () => use(never);
    await act(async () => {
      render(
        <Suspense fallback="waiting">
          <MetricsProvider>
            <Waiting />
          </MetricsProvider>
        </Suspense>,
      );
    });
    await settle();
    expect(network.batches).toEqual([]);
    expect(onListen.mock.calls.map(([type]) => type)).not.toContain("freeze");
  });

  test("stops its client when it is unmounted: what waited is sent, and then nothing more", async () => {
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
    await settle();
    expect(network.counts()).toMatchObject({ action: 1 });
    taken[0]?.trackAction("late");
    await settle();
    expect(network.counts()).toMatchObject({ action: 1 });
  });

  test("counts the effects of a tree that React hides and shows again", async () => {
    const show = (mode: "visible" | "hidden") => (
      <Activity mode={mode}>
        <MetricsProvider>
          <TrackOnMount name="shown" />
        </MetricsProvider>
      </Activity>
    );
    const { rerender } = render(show("visible"));
    await settle();
    rerender(show("hidden"));
    await settle();
    rerender(show("visible"));
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1, action: 2 });
  });

  test("leaves a client of the app running", async () => {
    const client = createMetrics();
    const { unmount } = render(
      <MetricsProvider client={client}>
        <TrackOnMount name="mounted" />
      </MetricsProvider>,
    );
    unmount();
    await settle();
    client.trackAction("still");
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1, action: 2 });
    client.stop();
  });

  test("beside another one has a client of its own", async () => {
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
    await settle();
    expect(network.urls.toSorted()).toEqual(["/a", "/b"]);
    expect(network.events().filter(({ type }) => type === "action")).toHaveLength(2);
  });

  test("renders on a server and counts nothing there", () => {
    const html = renderToString(
      <MetricsProvider>
        <TrackOnMount name="never" />
        shop
      </MetricsProvider>,
    );
    expect(html).toBe("shop");
    expect(network.batches).toEqual([]);
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

  test("without a provider do nothing, and the console says so once", async () => {
    render(<TrackOnMount name="lost" />);
    render(<TrackOnMount name="lost too" />);
    await settle();
    expect(network.batches).toEqual([]);
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [expect.stringContaining("no MetricsProvider above this component")],
    ]);
    vi.mocked(console.warn).mockClear();
  });

  test("usePageView counts a view once a mount and once a change, also under StrictMode", async () => {
    const Product = ({ id }: { id: string }) => {
      usePageView("/product/:id", id);
      return null;
    };
    const show = (id: string) => (
      <StrictMode>
        <MetricsProvider pageViews="manual">
          <Product id={id} />
        </MetricsProvider>
      </StrictMode>
    );
    const { rerender } = render(show("1"));
    rerender(show("1"));
    rerender(show("2"));
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 2 });
  });
});
