import { jsonFields } from "./jsonFields.ts";
import { type Currency, type Product, products } from "./products.ts";

export type PaymentMethod = "card" | "paypal";

export interface OrderLine {
  readonly id: string;
  /** An integer, 1 to `MAX_QUANTITY`. */
  readonly quantity: number;
}

export interface OrderRequest {
  readonly items: readonly OrderLine[];
  readonly paymentMethod: PaymentMethod;
  readonly currency: Currency;
}

/** An order as the page shows it. */
export interface Order {
  readonly id: string;
  /** In cents of `currency`. */
  readonly total: number;
  readonly currency: Currency;
}

/** Copies of one product in an order at most: who wants more writes to a wholesaler. */
export const MAX_QUANTITY = 99;

/** Reads the body of `POST /api/checkout`. Returns what is wrong with it, as a sentence, if it is not an order. */
export function readOrderRequest(body: unknown): OrderRequest | string {
  const { items, paymentMethod, currency } = jsonFields(body);
  if (!isPaymentMethod(paymentMethod)) return 'paymentMethod must be "card" or "paypal".';
  if (!isCurrency(currency)) return 'currency must be "USD" or "EUR".';
  if (!Array.isArray(items) || items.length === 0) return "items must be a list of at least one line.";
  if (items.length > products.length) return "items has more lines than the shop has products.";
  if (!items.every(isOrderLine)) {
    return `Each item needs the id of a product and a quantity from 1 to ${MAX_QUANTITY}.`;
  }
  return { items, paymentMethod, currency };
}

/** The price of the lines, in cents. The shop's prices count, never a price that a page sends. */
export function priceOrder(items: readonly OrderLine[], currency: Currency): number {
  return items.reduce((sum, { id, quantity }) => sum + quantity * (findProduct(id)?.price[currency] ?? 0), 0);
}

function findProduct(id: unknown): Product | undefined {
  return products.find((product) => product.id === id);
}

function isOrderLine(line: unknown): line is OrderLine {
  const { id, quantity } = jsonFields(line);
  return findProduct(id) !== undefined && isQuantity(quantity);
}

function isQuantity(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_QUANTITY;
}

function isPaymentMethod(value: unknown): value is PaymentMethod {
  return value === "card" || value === "paypal";
}

function isCurrency(value: unknown): value is Currency {
  return value === "USD" || value === "EUR";
}
