import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Currency, Product } from "../products.ts";

export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

export interface Cart {
  readonly lines: readonly CartLine[];
  /** The currency of every price on every page. */
  readonly currency: Currency;
  /** In cents of `currency`. The server computes the order's own total. */
  readonly total: number;
  readonly setCurrency: (currency: Currency) => void;
  readonly add: (product: Product) => void;
  readonly remove: (product: Product) => void;
  readonly clear: () => void;
}

/** One key a release of the shape below: an older cart is left where it is. */
const STORAGE_KEY = "foxglove-cart-1";

const CartContext = createContext<Cart | undefined>(undefined);

/** Keeps the cart for this tab, over reloads. */
export function CartProvider({ children }: { children: ReactNode }) {
  const [lines, setLines] = useState(readLines);
  const [currency, setCurrency] = useState<Currency>("USD");

  useEffect(() => keepLines(lines), [lines]);

  const cart = useMemo<Cart>(
    () => ({
      lines,
      currency,
      total: lines.reduce((sum, { product, quantity }) => sum + quantity * product.price[currency], 0),
      setCurrency,
      add: (product) => setLines((before) => withOneMore(before, product)),
      remove: (product) => setLines((before) => before.filter((line) => line.product.id !== product.id)),
      clear: () => setLines([]),
    }),
    [lines, currency],
  );
  return <CartContext value={cart}>{children}</CartContext>;
}

export function useCart(): Cart {
  const cart = useContext(CartContext);
  if (!cart) throw new Error("[shop] useCart needs a CartProvider above it.");
  return cart;
}

function withOneMore(lines: readonly CartLine[], product: Product): readonly CartLine[] {
  const known = lines.some((line) => line.product.id === product.id);
  if (!known) return [...lines, { product, quantity: 1 }];
  return lines.map((line) =>
    line.product.id === product.id ? { product, quantity: line.quantity + 1 } : line,
  );
}

function readLines(): readonly CartLine[] {
  try {
    const lines: CartLine[] = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "[]");
    return lines;
  } catch {
    return [];
  }
}

function keepLines(lines: readonly CartLine[]): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(lines));
  } catch {
    // Where the browser blocks storage the cart lasts as long as the page, which is still a cart.
  }
}
