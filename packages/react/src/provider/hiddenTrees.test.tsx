/** Trees that React hides for a moment and shows again: `<Suspense>` and `<Activity>`, below and above the provider. */
import { act, render } from "@testing-library/react";
import { Activity, type ReactNode, StrictMode, Suspense, useEffect, useState } from "react";
import { createMemoryRouter } from "react-router";
import { describe, expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "./MetricsProvider.tsx";
import { RouteMetrics } from "../routers/reactRouterData.ts";
import { useFeatureUsage } from "../hooks/useFeatureUsage.ts";
import { useMetrics } from "../context/useMetrics.ts";
import { usePageView } from "../hooks/usePageView.ts";

const page = recordPage();

function View({ route }: { route: string }): ReactNode {
  usePageView(route);
  return null;
}

/** Suspends while it is closed, as `use` and lazy components do. */
function createGate() {
  let open = (): void => {};
  let waiting: Promise<void> | undefined;
  return {
    close: () => void (waiting = new Promise((resolve) => (open = resolve))),
    open: () =>
      act(async () => {
        waiting = undefined;
        open();
      }),
    Gate: (): ReactNode => {
      if (waiting) throw waiting;
      return null;
    },
  };
}

const inMode = (strict: boolean, tree: ReactNode): ReactNode =>
  strict ? <StrictMode>{tree}</StrictMode> : tree;

describe.each([false, true])("with StrictMode %s", (strict) => {
  describe("a Suspense boundary above the provider that suspends again", () => {
    /** `/late` waits at the gate, below the provider. */
    function renderApp(Gate: () => ReactNode, props: { pageViews?: "manual" } = {}) {
      let show = (_path: string): void => {};
      let track = (_name: string): void => {};
      const App = (): ReactNode => {
        const [path, setPath] = useState("/");
        show = setPath;
        return (
          <Suspense fallback="waiting">
            <MetricsProvider {...props}>
              {props.pageViews && <View route={path} />}
              <Take />
              {path === "/late" && <Gate />}
            </MetricsProvider>
          </Suspense>
        );
      };
      const Take = (): ReactNode => {
        const { trackAction } = useMetrics();
        useEffect(() => void (track = trackAction), [trackAction]);
        return null;
      };
      const { unmount } = render(inMode(strict, <App />));
      return {
        show: (path: string) => act(async () => show(path)),
        track: (name: string) => track(name),
        unmount,
      };
    }

    test("keeps the client running: calls during the wait count, and so does the next view", async () => {
      const { Gate, close, open } = createGate();
      const app = renderApp(Gate, { pageViews: "manual" });
      await page.settle();
      close();
      await app.show("/late");
      app.track("while hidden");
      await page.settle();
      await open();
      app.track("when shown");
      await page.settle();
      expect(page.views()).toEqual(["/", "/late"]);
      expect(page.counts()).toEqual({ session_start: 1, page_view: 2, action: 2 });
      expect(page.batches.flatMap(({ dropped }) => dropped ?? [])).toEqual([]);
    });

    test("loses nothing if it suspends and continues within one task", async () => {
      const { Gate, close, open } = createGate();
      const app = renderApp(Gate, { pageViews: "manual" });
      close();
      await app.show("/late");
      await open();
      app.track("when shown");
      await page.settle();
      expect(page.views()).toEqual(["/", "/late"]);
      expect(page.counts()).toEqual({ session_start: 1, page_view: 2, action: 1 });
    });

    test("counts each of several waits once", async () => {
      const { Gate, close, open } = createGate();
      const app = renderApp(Gate, { pageViews: "manual" });
      for (let i = 0; i < 3; i++) {
        close();
        await app.show("/late");
        await page.settle();
        await open();
        await page.settle();
        await app.show("/");
        await page.settle();
      }
      expect(page.views()).toEqual(["/", "/late", "/", "/late", "/", "/late", "/"]);
    });

    test("counts views automatically", async () => {
      const { Gate, close, open } = createGate();
      const app = renderApp(Gate);
      await page.settle();
      close();
      await app.show("/late");
      history.pushState(null, "", "/late");
      await page.settle();
      await open();
      history.pushState(null, "", "/after");
      await page.settle();
      expect(page.views()).toEqual(["/shop", "/late", "/after"]);
    });

    test("still ends with the provider: nothing counts after it is gone", async () => {
      const { Gate, close } = createGate();
      const app = renderApp(Gate, { pageViews: "manual" });
      await page.settle();
      close();
      await app.show("/late");
      app.unmount();
      await page.settle();
      app.track("too late");
      await page.settle();
      expect(page.counts()).toEqual({ session_start: 1, page_view: 1 });
    });

    test("a router's binding counts navigations during the wait", async () => {
      const { Gate, close, open } = createGate();
      const router = createMemoryRouter(["/", "/a", "/b"].map((path) => ({ path })));
      let refresh = (): void => {};
      const App = (): ReactNode => {
        const [, setRound] = useState(0);
        refresh = () => setRound((round) => round + 1);
        return (
          <Suspense fallback="waiting">
            <MetricsProvider pageViews="manual">
              <RouteMetrics router={router} />
              <Gate />
            </MetricsProvider>
          </Suspense>
        );
      };
      render(inMode(strict, <App />));
      close();
      await act(async () => refresh());
      await router.navigate("/a");
      await router.navigate("/b");
      await open();
      await router.navigate("/a");
      await page.settle();
      // Sorted: equal views of one batch are one event with a count.
      expect(page.views().map(String).toSorted()).toEqual(["/", "/a", "/a", "/b"]);
    });
  });

  describe.skipIf(!Activity)("an Activity", () => {
    const pages = (shown: string, Page: (props: { route: string }) => ReactNode) =>
      inMode(
        strict,
        <MetricsProvider pageViews="manual">
          {["/a", "/b"].map((route) => (
            <Activity key={route} mode={route === shown ? "visible" : "hidden"}>
              <Page route={route} />
            </Activity>
          ))}
        </MetricsProvider>,
      );

    test.each([
      ["at once", async () => {}],
      ["after a microtask", () => act(async () => {})],
      ["after a while", () => act(page.settle)],
    ])("a view counts again when its page comes back: shown %s", async (_title, pause) => {
      const { rerender } = render(pages("/a", View));
      for (const shown of ["/b", "/a", "/b"]) {
        await pause();
        rerender(pages(shown, View));
        // A render that changes nothing is not a view.
        await pause();
        rerender(pages(shown, View));
      }
      await page.settle();
      expect(page.views().map(String).toSorted()).toEqual(["/a", "/a", "/b", "/b"]);
    });

    test("a feature counts again when its page comes back, and not when it renders again", async () => {
      const Feature = ({ route }: { route: string }): ReactNode => {
        useFeatureUsage(route.slice(1));
        return null;
      };
      const { rerender } = render(pages("/a", Feature));
      for (const shown of ["/b", "/b", "/a", "/a"]) {
        rerender(pages(shown, Feature));
        await act(async () => {});
      }
      await page.settle();
      expect(page.counts()).toEqual({ session_start: 1, feature: 3 });
    });

    test("a return without a new render counts too", async () => {
      let setMode = (_mode: "visible" | "hidden"): void => {};
      const child = <View route="/a" />;
      const App = (): ReactNode => {
        const [mode, set] = useState<"visible" | "hidden">("visible");
        setMode = set;
        return <Activity mode={mode}>{child}</Activity>;
      };
      render(
        inMode(
          strict,
          <MetricsProvider pageViews="manual">
            <App />
          </MetricsProvider>,
        ),
      );
      await act(async () => setMode("hidden"));
      await act(async () => setMode("visible"));
      await page.settle();
      expect(page.views()).toEqual(["/a", "/a"]);
    });

    test.each([
      ["in one task", async () => {}],
      ["after a while", () => act(page.settle)],
    ])("around the provider: views and calls of the return count, %s", async (_title, pause) => {
      const TrackWhenShown = (): ReactNode => {
        const { trackAction } = useMetrics();
        useEffect(() => trackAction("shown"), [trackAction]);
        return null;
      };
      const show = (mode: "visible" | "hidden"): ReactNode =>
        inMode(
          strict,
          <Activity mode={mode}>
            <MetricsProvider pageViews="manual">
              <View route="/a" />
              <TrackWhenShown />
            </MetricsProvider>
          </Activity>,
        );
      const { rerender } = render(show("visible"));
      await pause();
      rerender(show("hidden"));
      await pause();
      rerender(show("visible"));
      await page.settle();
      expect(page.views()).toEqual(["/a", "/a"]);
      // StrictMode runs each effect of the app twice.
      expect(page.counts()).toEqual({ session_start: 1, page_view: 2, action: strict ? 4 : 2 });
    });

    test("that was never shown counts nothing", async () => {
      const onFetch = vi.spyOn(globalThis, "fetch");
      render(
        inMode(
          strict,
          <Activity mode="hidden">
            <MetricsProvider>
              <View route="/a" />
            </MetricsProvider>
          </Activity>,
        ),
      );
      await page.settle();
      expect(onFetch).not.toHaveBeenCalled();
    });
  });
});
