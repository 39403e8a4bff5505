/** The app for a bundler that does not know JSX. webpack 4 reads no `exports`, so an entry of its own is a file. */
import { createMetrics } from "@rumkit/browser";
import { MetricsProvider, useActionTracking } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/dist/cjs/routers/reactRouterData.js";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const metrics = createMetrics({ url: "/collect", pageViews: "manual" });

function Product() {
  const { trackAction } = useActionTracking();
  const add = () => {
    trackAction("add_to_cart", { category: "books" });
    metrics.flush();
  };
  return createElement("button", { onClick: add }, "Add to cart");
}

createRoot(document.body).render(
  createElement(MetricsProvider, { client: metrics }, createElement(RouteMetrics), createElement(Product)),
);
