import { MetricsProvider } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/next-pages";
import { useRouter } from "next/router";
import { useEffect } from "react";

export default function App({ Component, pageProps }) {
  const router = useRouter();
  useEffect(() => {
    window.walk = {
      go: (path, options) => (options?.replace ? router.replace(path) : router.push(path)),
      back: () => router.back(),
    };
  }, [router]);
  return (
    <MetricsProvider pageViews="manual">
      <RouteMetrics />
      <Component {...pageProps} />
    </MetricsProvider>
  );
}
