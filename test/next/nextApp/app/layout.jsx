import { RouteMetrics } from "@rumkit/react/next-app";
import { Metrics } from "./metrics.jsx";
import { Walk } from "./walk.jsx";

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <Metrics>
          <RouteMetrics />
          <Walk />
          {children}
        </Metrics>
      </body>
    </html>
  );
}
