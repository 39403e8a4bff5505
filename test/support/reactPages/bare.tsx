import { MetricsProvider, useMetrics } from "@rumkit/react";
import type { ReactNode } from "react";
import { mount } from "./mount.tsx";

function Product(): ReactNode {
  const { trackAction, trackConversion, measure, trackFeature } = useMetrics();
  const add = (): void => {
    trackAction("add_to_cart", { productId: 7, price: 19.99 });
    trackConversion("cart_addition", 1);
    trackConversion("wish", { value: 19.99, currency: "USD" });
    measure("searchTime", 0.25);
    trackFeature("darkMode");
  };
  return <button onClick={add}>Add</button>;
}

mount(
  <MetricsProvider>
    <Product />
  </MetricsProvider>,
);
