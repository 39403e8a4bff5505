import { Link, useLocation } from "react-router";
import type { Order } from "../../orders.ts";
import { Price } from "../price.tsx";

export function ThanksPage() {
  const order: Order | null = useLocation().state;
  return (
    <section className="narrow">
      <h1>Thank you.</h1>
      {order && (
        <p>
          You paid <Price cents={order.total} currency={order.currency} /> for order{" "}
          <code data-testid="order-id">{order.id}</code>.
        </p>
      )}
      <p className="quiet">Nothing will arrive, but it was counted to the cent.</p>
      <Link to="/" className="primary">
        Back to the shop
      </Link>
    </section>
  );
}
