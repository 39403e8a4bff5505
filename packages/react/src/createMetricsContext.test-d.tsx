import { createMetrics } from "@rumkit/browser";
import { defineCatalog } from "@rumkit/protocol";
import { test } from "vitest";
import { createMetricsContext } from "./createMetricsContext.ts";
import { MetricsProvider } from "./MetricsProvider.tsx";
import { useActionTracking } from "./useActionTracking.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } } },
});

test("hooks know the catalogue, named at the call or once for all", () => {
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

test("a provider has a client or options, not both", () => {
  const client = createMetrics<typeof catalog>({ start: false });
  void (<MetricsProvider url="/rum" release="1" />);
  void (<MetricsProvider client={client} />);
  // @ts-expect-error the client has its own address
  void (<MetricsProvider client={client} url="/rum" />);
});
