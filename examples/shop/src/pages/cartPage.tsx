import { Link } from "react-router";
import type { Product } from "../../products.ts";
import { type CartLine, useCart } from "../cart.tsx";
import { Cover } from "../cover.tsx";
import { useActionTracking } from "../metrics.ts";
import { Price } from "../price.tsx";

export function CartPage() {
  const { lines, currency, total, remove } = useCart();
  const { trackAction } = useActionTracking();

  function removeFromCart(product: Product): void {
    remove(product);
    trackAction("remove_from_cart", { category: product.category, product: product.id });
  }

  return (
    <section className="narrow">
      <h1>Your cart</h1>
      {lines.length === 0 && (
        <p className="quiet">
          It is empty. <Link to="/">Look around</Link>.
        </p>
      )}
      <ul className="lines">
        {lines.map((line) => (
          <CartRow key={line.product.id} line={line} onRemove={removeFromCart} />
        ))}
      </ul>
      {lines.length > 0 && (
        <div className="sum">
          <span>
            Total <Price cents={total} currency={currency} />
          </span>
          <Link to="/checkout" className="primary" data-rum="checkout" data-testid="checkout">
            Check out
          </Link>
        </div>
      )}
    </section>
  );
}

function CartRow({ line, onRemove }: { line: CartLine; onRemove: (product: Product) => void }) {
  const { currency } = useCart();
  const { product, quantity } = line;
  return (
    <li>
      <Cover product={product} />
      <Link to={`/product/${product.id}`}>
        <strong>{product.title}</strong>
        <br />
        <span className="quiet">Quantity {quantity}</span>
      </Link>
      <Price cents={quantity * product.price[currency]} currency={currency} />
      <button
        type="button"
        className="plain"
        aria-label={`Remove ${product.title}`}
        data-testid={`remove-${product.id}`}
        onClick={() => onRemove(product)}
      >
        Remove
      </button>
    </li>
  );
}
