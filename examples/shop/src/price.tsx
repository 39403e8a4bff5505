import type { Currency } from "../products.ts";

/** An amount of cents the way a shop writes it: $19.99. */
export function Price({ cents, currency }: { cents: number; currency: Currency }) {
  const formatted = new Intl.NumberFormat("en", { style: "currency", currency }).format(cents / 100);
  return <span className="price">{formatted}</span>;
}
