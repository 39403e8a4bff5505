import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { RELEASE } from "../release.ts";
import { CartProvider } from "./cart.tsx";
import { MetricsProvider } from "./metrics.ts";
import { Shop } from "./shop.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("[shop] index.html has no element #root.");

createRoot(root).render(
  <StrictMode>
    <MetricsProvider app="shop" release={RELEASE}>
      <BrowserRouter>
        <CartProvider>
          <Shop />
        </CartProvider>
      </BrowserRouter>
    </MetricsProvider>
  </StrictMode>,
);
