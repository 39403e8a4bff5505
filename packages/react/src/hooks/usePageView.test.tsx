import { act, render } from "@testing-library/react";
import { type ReactNode, startTransition, StrictMode, Suspense, useEffect, useState } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { useActionTracking } from "./useActionTracking.ts";
import { usePageView } from "./usePageView.ts";

const page = recordPage();

function View({ route, id, children }: { route: string; id?: string; children?: ReactNode }): ReactNode {
  usePageView(route, id);
  return <>{children}</>;
}

/** Creates a component that suspends until released, like `use` and lazy components. */
function createGate() {
  let open = (): void => {};
  let waiting: Promise<void> | undefined;
  return {
    close: () => {
      waiting = new Promise((resolve) => {
        open = () => {
          waiting = undefined;
          resolve();
        };
      });
    },
    open: () => act(async () => open()),
    Gate: (): ReactNode => {
      if (waiting) throw waiting;
      return null;
    },
  };
}

const inProvider = (children: ReactNode): ReactNode => (
  <StrictMode>
    <MetricsProvider pageViews="manual">{children}</MetricsProvider>
  </StrictMode>
);

describe("usePageView counts one view", () => {
  test("a mount and a change of route or key, under StrictMode", async () => {
    const { rerender } = render(inProvider(<View route="/product/:id" id="1" />));
    rerender(inProvider(<View route="/product/:id" id="1" />));
    rerender(inProvider(<View route="/product/:id" id="2" />));
    rerender(inProvider(<View route="/cart" id="2" />));
    await page.settle();
    expect(page.views()).toEqual(["/product/:id", "/product/:id", "/cart"]);
    expect(page.counts()).toMatchObject({ session_start: 1 });
  });

  test("a render that changes nothing runs no effect", () => {
    let reads = 0;
    const id = { toString: () => `read ${(reads += 1)}` } as unknown as string;
    const tree = <MetricsProvider pageViews="manual">{<View route="/cart" id={id} />}</MetricsProvider>;
    const { rerender } = render(tree);
    const before = reads;
    rerender(<MetricsProvider pageViews="manual">{<View route="/cart" id={id} />}</MetricsProvider>);
    expect([before, reads]).toEqual([1, 1]);
  });

  test("if its children suspend first and are rendered again", async () => {
    const { Gate, close, open } = createGate();
    close();
    const tree = (
      <Suspense fallback="waiting">
        <View route="/slow">
          <Gate />
        </View>
      </Suspense>
    );
    render(inProvider(tree));
    await page.settle();
    expect(page.views()).toEqual([]);
    await open();
    await page.settle();
    expect(page.views()).toEqual(["/slow"]);
  });

  test("if it is visible and a part of it suspends again", async () => {
    const { Gate, close, open } = createGate();
    const tree = () =>
      inProvider(
        <Suspense fallback="waiting">
          <View route="/list">
            <Gate />
          </View>
        </Suspense>,
      );
    const { rerender } = render(tree());
    close();
    rerender(tree());
    await open();
    await page.settle();
    expect(page.views()).toEqual(["/list"]);
  });

  test("of the final page, not of an abandoned transition", async () => {
    const { Gate, close } = createGate();
    let show = (_path: string): void => {};
    const App = () => {
      const [path, setPath] = useState("/");
      show = setPath;
      return (
        <View key={path} route={path}>
          {path === "/given-up" && <Gate />}
        </View>
      );
    };
    render(
      inProvider(
        <Suspense fallback="waiting">
          <App />
        </Suspense>,
      ),
    );
    close();
    await act(async () => startTransition(() => show("/given-up")));
    await act(async () => show("/shown"));
    await page.settle();
    expect(page.views()).toEqual(["/", "/shown"]);
  });

  test("of a server-rendered page that is hydrated", async () => {
    const tree = <View route="/hydrated">text</View>;
    const container = document.body.appendChild(document.createElement("div"));
    // The markup of a provider is that of its children; a server has no `document` that would run its effects.
    container.innerHTML = renderToString(<p>text</p>);
    render(inProvider(<p>{tree}</p>), { container, hydrate: true });
    await page.settle();
    expect(page.views()).toEqual(["/hydrated"]);
    expect(page.counts()).toEqual({ session_start: 1, page_view: 1 });
    expect(container.innerHTML).toBe("<p>text</p>");
  });

  test("of a page whose hydration waits for a part of it", async () => {
    const { Gate, close, open } = createGate();
    const tree = (
      <Suspense fallback="waiting">
        <View route="/hydrated">
          <Gate />
          text
        </View>
      </Suspense>
    );
    const container = document.body.appendChild(document.createElement("div"));
    container.innerHTML = "<!--$-->text<!--/$-->";
    close();
    render(inProvider(tree), { container, hydrate: true });
    await page.settle();
    expect(page.views()).toEqual([]);
    await open();
    await page.settle();
    expect(page.views()).toEqual(["/hydrated"]);
  });
});

test("usePageView sets the route of calls in effects of its children", async () => {
  const Child = () => {
    const { trackAction } = useActionTracking();
    useEffect(() => trackAction("seen"), [trackAction]);
    return null;
  };
  render(
    <MetricsProvider pageViews="manual">
      <View route="/product/:id">
        <Child />
      </View>
    </MetricsProvider>,
  );
  await page.settle();
  const events = page.events().filter(({ type }) => type !== "session_start");
  expect(events.map(({ type }) => type)).toEqual(["page_view", "action"]);
  // Said once for all: an event is of the route of the event before it.
  expect(page.events().flatMap(({ route }) => route ?? [])).toEqual(["/product/:id"]);
});
