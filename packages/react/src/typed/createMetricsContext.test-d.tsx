import { createMetrics } from "@rumkit/browser";
import { defineCatalog } from "@rumkit/protocol";
import { createRootRoute, createRouter } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { createBrowserRouter } from "react-router";
import { test } from "vitest";
import { createMetricsContext } from "./createMetricsContext.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { trackRouter } from "../routers/reactRouterData.ts";
import { rootErrorHandlers } from "../errors/rootErrorHandlers.ts";
import { trackRouter as trackTanstackRouter } from "../routers/tanstackRouter.ts";
import { useActionTracking } from "../hooks/useActionTracking.ts";
import type { WithMetrics } from "../hooks/withMetrics.tsx";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } } },
  conversions: {
    wish: { help: "Wished.", value: { money: ["USD", "EUR"] } },
    signup: { help: "Signed up." },
    purchase: { help: "Paid.", from: "server", value: { money: ["USD"] } },
  },
  measurements: {
    search: { help: "Searched.", unit: "seconds", buckets: [1], labels: { kind: ["quick", "full"] } },
    render: { help: "Rendered.", unit: "seconds", buckets: [1] },
  },
  features: { dark_mode: { help: "Dark." } },
});

test("hooks know the catalog, given per call or once for all", () => {
  const { trackAction } = useActionTracking<typeof catalog>();
  trackAction("add_to_cart", { category: "games" });
  // @ts-expect-error no such category
  trackAction("add_to_cart", { category: "cars" });

  const typed = createMetricsContext<typeof catalog>();
  typed.usePageView("/");
  // @ts-expect-error no such route
  typed.usePageView("/nowhere");
  // @ts-expect-error no such action
  typed.useMetrics().trackAction("fly");
});

test("bound hooks know their name and its declaration", () => {
  const typed = createMetricsContext<typeof catalog>();
  const trackWish = typed.useConversion("wish");
  trackWish({ value: 1, currency: "EUR" });
  // @ts-expect-error no such currency
  trackWish({ value: 1, currency: "GBP" });
  typed.useConversion("signup")();
  // @ts-expect-error only a server may report it
  typed.useConversion("purchase");

  const measureSearch = typed.useMeasure("search");
  measureSearch(1, { kind: "full" });
  // @ts-expect-error a label is missing
  measureSearch(1);
  typed.useMeasure("render")(1);

  typed.useFeatureUsage("dark_mode")();
  // @ts-expect-error no such feature
  typed.useFeatureUsage("light_mode");
});

test("a profiler has the labels of its measurement", () => {
  const { MetricsProfiler } = createMetricsContext<typeof catalog>();
  void (<MetricsProfiler name="render" />);
  void (<MetricsProfiler name="search" details={{ kind: "quick" }} />);
  // @ts-expect-error a label is missing
  void (<MetricsProfiler name="search" />);
  // @ts-expect-error no such measurement
  void (<MetricsProfiler name="paint" />);
});

test("withMetrics removes the client from the props, for any catalog", () => {
  const { withMetrics } = createMetricsContext<typeof catalog>();
  const Cart = withMetrics(({ metrics, items }: WithMetrics<typeof catalog> & { items: number }) => {
    metrics.trackAction("add_to_cart", { category: "books" });
    return items;
  });
  void (<Cart items={1} />);
  // @ts-expect-error items are missing
  void (<Cart />);
  // @ts-expect-error a component that does not take a client
  withMetrics(({ items }: { items: number }) => items);
});

test("a client of any catalog can name a router's views and count a root's errors", () => {
  const client = createMetrics<typeof catalog>({ start: false });
  trackRouter(createBrowserRouter([]), client);
  trackTanstackRouter(createRouter({ routeTree: createRootRoute() }), client);
  createRoot(document.body, rootErrorHandlers(client));
});

test("a provider has a client or options, not both", () => {
  const client = createMetrics<typeof catalog>({ start: false });
  void (<MetricsProvider url="/rum" release="1" />);
  void (<MetricsProvider client={client} />);
  // @ts-expect-error the client has its own address
  void (<MetricsProvider client={client} url="/rum" />);
});
