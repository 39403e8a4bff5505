import { catalog } from "./catalog.ts";

const { payment_method: METHODS, product_category: CATEGORIES } = catalog.conversions.purchase.labels;

type Method = (typeof METHODS)[number];
type Category = (typeof CATEGORIES)[number];

export interface Account {
  readonly username: string;
  readonly email: string;
  /** Default none: this account cannot log in. */
  readonly password?: string;
}

export interface Purchase {
  readonly paymentMethod: Method;
  readonly category: Category;
  /** US dollars with at most two decimals. */
  readonly amount: number;
}

/** The most that one order costs, in dollars. */
const MAX_AMOUNT = 100_000;

type Fields = Partial<Record<string, unknown>>;

const fieldsOf = (body: unknown): Fields => (typeof body === "object" && body !== null ? { ...body } : {});

const isPassword = (value: unknown): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= 256;

/** Reads the body of a registration. Returns what is wrong with it, as a sentence. */
export function readAccount(body: unknown): Account | string {
  const { username, email, password } = fieldsOf(body);
  if (typeof username !== "string" || !/^[\w.-]{3,32}$/.test(username))
    return "username must have 3 to 32 letters, digits, dots, dashes or underscores.";
  if (typeof email !== "string" || !/^[^\s@\0]+@[^\s@\0]+$/.test(email) || email.length > 254)
    return "email must be an address.";
  if (password === undefined) return { username, email };
  return isPassword(password) ? { username, email, password } : "password must have 1 to 256 characters.";
}

/** Reads the body of a login. Returns what is wrong with it, as a sentence. */
export function readLogin(body: unknown): { username: string; password: string } | string {
  const { username, password } = fieldsOf(body);
  if (typeof username !== "string" || !/^[\w.-]{3,32}$/.test(username))
    return "username must be a name of an account.";
  return isPassword(password) ? { username, password } : "password must have 1 to 256 characters.";
}

/** Reads the body of a purchase. Returns what is wrong with it, as a sentence. */
export function readPurchase(body: unknown): Purchase | string {
  const { payment_method: method, product_category: category = "electronics", amount } = fieldsOf(body);
  const paymentMethod = METHODS.find((each) => each === method);
  if (!paymentMethod) return `payment_method must be one of ${METHODS.join(", ")}.`;
  const found = CATEGORIES.find((each) => each === category);
  if (!found) return `product_category must be one of ${CATEGORIES.join(", ")}.`;
  if (
    typeof amount !== "number" ||
    !(amount > 0 && amount <= MAX_AMOUNT) ||
    !/^\d+(\.\d{1,2})?$/.test(`${amount}`)
  )
    return `amount must be a number of dollars above 0, at most ${MAX_AMOUNT}, with at most two decimals.`;
  return { paymentMethod, category: found, amount };
}

/** Reads the body of a logout. Undefined if it names no session. */
export function readSession(body: unknown): string | undefined {
  const { session } = fieldsOf(body);
  return typeof session === "string" ? session : undefined;
}
