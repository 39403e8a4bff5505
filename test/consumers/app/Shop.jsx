import {
  MetricsErrorBoundary,
  MetricsProvider,
  useConversion,
  useFeatureUsage,
  usePageView,
} from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/react-router-data";
import { useActionTracking } from "@rumkit/react";

export function Product() {
  const { trackAction } = useActionTracking();
  const trackWish = useConversion("wish");
  usePageView("/product/:id");
  useFeatureUsage("zoom");
  return (
    <button
      onClick={() => {
        trackAction("add_to_cart", { category: "books" });
        trackWish();
      }}
    >
      Add to cart
    </button>
  );
}

/** The app as its entry file renders it, with a provider whose client would send. */
export function App() {
  return (
    <MetricsProvider url="/collect" pageViews="manual">
      <RouteMetrics />
      <MetricsErrorBoundary fallback="sorry">
        <Product />
      </MetricsErrorBoundary>
    </MetricsProvider>
  );
}
