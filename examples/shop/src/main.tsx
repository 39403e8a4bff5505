import { rootErrorHandlers } from "@rumkit/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { CartProvider } from "./cart.tsx";
import { MetricsProvider, metrics } from "./metrics.ts";
import { Shop } from "./shop.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("[shop] index.html has no element #root.");

createRoot(root, rootErrorHandlers(metrics)).render(
  <StrictMode>
    <MetricsProvider client={metrics}>
      <BrowserRouter>
        <CartProvider>
          <Shop />
        </CartProvider>
      </BrowserRouter>
    </MetricsProvider>
  </StrictMode>,
);
