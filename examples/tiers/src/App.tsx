import { MetricsProvider } from "@rumkit/react";
import { YourAppComponents } from "./YourAppComponents.tsx";

export function App() {
  return (
    <MetricsProvider>
      <YourAppComponents />
    </MetricsProvider>
  );
}
