import { createMetrics } from "@rumkit/browser";
import { MetricsErrorBoundary, MetricsProvider, rootErrorHandlers } from "@rumkit/react";
import { type ReactNode, useEffect, useState } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";

declare global {
  interface Window {
    /** Lets a component throw, in a boundary or not. */
    fail?: (where: "inside" | "outside") => void;
  }
}

const metrics = createMetrics();

function Broken({ where }: { where: string }): ReactNode {
  throw new RangeError(`broken ${where}`);
}

function App(): ReactNode {
  const [failing, setFailing] = useState<"inside" | "outside">();
  useEffect(() => {
    window.fail = setFailing;
  }, []);
  return (
    <MetricsProvider client={metrics}>
      <MetricsErrorBoundary fallback={<output>caught</output>}>
        {failing === "inside" ? <Broken where="inside" /> : <output>fine</output>}
      </MetricsErrorBoundary>
      {failing === "outside" && <Broken where="outside" />}
    </MetricsProvider>
  );
}

const main = document.body.appendChild(document.createElement("main"));
if (location.search === "?hydrated") {
  // Not what the app renders.
  main.innerHTML = "<output>stale</output>";
  hydrateRoot(main, <App />, rootErrorHandlers(metrics));
} else createRoot(main, rootErrorHandlers(metrics)).render(<App />);
