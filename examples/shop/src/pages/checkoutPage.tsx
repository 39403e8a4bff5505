import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Order } from "../../orders.ts";
import type { OrderRequest, PaymentMethod } from "../../orders.ts";
import { post } from "../api.ts";
import { type Cart, useCart } from "../cart.tsx";
import { useConversion, useFormTracking } from "../metrics.ts";
import { Price } from "../price.tsx";

const paymentMethods: readonly [method: PaymentMethod, title: string][] = [
  ["card", "Card"],
  ["paypal", "PayPal"],
];

export function CheckoutPage() {
  const cart = useCart();
  useCheckoutIntent(cart);
  return (
    <section className="narrow">
      <h1>Checkout</h1>
      {cart.lines.length > 0 ? (
        <CheckoutForm cart={cart} />
      ) : (
        <p className="quiet">
          There is nothing to pay. <Link to="/">Look around</Link>.
        </p>
      )}
    </section>
  );
}

/** Tells once per visit of the page what the visitor came to buy. The purchase itself only the server counts. */
function useCheckoutIntent({ total, currency }: Cart): void {
  const trackIntent = useConversion("checkout_intent");
  const told = useRef(false);
  useEffect(() => {
    if (told.current || total === 0) return;
    told.current = true;
    trackIntent({ value: total / 100, currency });
  }, [total, currency, trackIntent]);
}

function CheckoutForm({ cart }: { cart: Cart }) {
  const { total, currency, setCurrency } = cart;
  const [paymentMethod, setPaymentMethod] = useState<PaymentMethod>("card");
  const { pay, paying, error } = usePayment(cart, paymentMethod);
  const formTracking = useFormTracking("checkout");

  function onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    void pay();
  }

  return (
    <form {...formTracking} onSubmit={onSubmit} className="form">
      <label>
        Currency
        <select
          value={currency}
          data-testid="currency"
          onChange={(event) => setCurrency(event.target.value === "EUR" ? "EUR" : "USD")}
        >
          <option value="USD">US dollar</option>
          <option value="EUR">Euro</option>
        </select>
      </label>
      <PaymentMethods chosen={paymentMethod} onChoose={setPaymentMethod} />
      {error && <p role="alert">{error}</p>}
      <div className="sum">
        <span>
          Total <Price cents={total} currency={currency} />
        </span>
        <button type="submit" className="primary" data-rum="pay" data-testid="pay" disabled={paying}>
          {paying ? "Paying…" : "Pay"}
        </button>
      </div>
    </form>
  );
}

function PaymentMethods(props: { chosen: PaymentMethod; onChoose: (method: PaymentMethod) => void }) {
  return (
    <fieldset>
      <legend>Payment</legend>
      {paymentMethods.map(([method, title]) => (
        <label key={method} className="choice">
          <input
            type="radio"
            name="payment"
            data-testid={`pay-with-${method}`}
            checked={props.chosen === method}
            onChange={() => props.onChoose(method)}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

function usePayment({ lines, currency, clear }: Cart, paymentMethod: PaymentMethod) {
  const navigate = useNavigate();
  const [paying, setPaying] = useState(false);
  const [error, setError] = useState<string>();

  async function pay(): Promise<void> {
    setPaying(true);
    const items = lines.map(({ product, quantity }) => ({ id: product.id, quantity }));
    const request: OrderRequest = { items, paymentMethod, currency };
    const { value: order, error: refusal } = await post<Order>("/api/checkout", request);
    setPaying(false);
    setError(refusal);
    if (!order) return;
    await navigate("/thanks", { state: order });
    clear();
  }

  return { pay, paying, error };
}
