import { MetricsErrorBoundary, MetricsProvider } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/next-pages";
import type { AppProps } from "next/app";

export default function App({ Component, pageProps }: AppProps) {
  return (
    <MetricsProvider pageViews="manual">
      <RouteMetrics />
      <MetricsErrorBoundary fallback={<p>Something went wrong.</p>}>
        <Component {...pageProps} />
      </MetricsErrorBoundary>
    </MetricsProvider>
  );
}
