import { MetricsProvider } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/next-app";
import { Walk } from "./walk.jsx";

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <MetricsProvider pageViews="manual">
          <RouteMetrics />
          <Walk />
          {children}
        </MetricsProvider>
      </body>
    </html>
  );
}
