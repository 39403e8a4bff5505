import { useState } from "react";
import { Link, useParams } from "react-router";
import type { Product } from "../../products.ts";
import { useAnswer } from "../api.ts";
import { useCart } from "../cart.tsx";
import { Cover } from "../cover.tsx";
import { useActionTracking } from "../metrics.ts";
import { Price } from "../price.tsx";

export function ProductPage() {
  const { id = "" } = useParams();
  const { value: product, error } = useAnswer<Product>(`/api/products/${encodeURIComponent(id)}`);
  return (
    <>
      <Link to="/" className="back">
        ← All products
      </Link>
      {error && <p role="alert">{error}</p>}
      {product && <ProductView key={product.id} product={product} />}
    </>
  );
}

function ProductView({ product }: { product: Product }) {
  const { add, currency } = useCart();
  const { trackAction } = useActionTracking();
  const [added, setAdded] = useState(false);

  function addToCart(): void {
    add(product);
    setAdded(true);
    trackAction("add_to_cart", { category: product.category, product: product.id });
  }

  return (
    <article className="product">
      <Cover product={product} />
      <div>
        <p className="quiet">{product.category}</p>
        <h1>{product.title}</h1>
        <p className="maker">{product.maker}</p>
        <p>{product.blurb}</p>
        <p className="bigPrice">
          <Price cents={product.price[currency]} currency={currency} />
        </p>
        <button
          type="button"
          className="primary"
          data-rum="add_to_cart"
          data-testid="add-to-cart"
          onClick={addToCart}
        >
          Add to cart
        </button>
        <p className="quiet" role="status">
          {added && (
            <>
              It is in your <Link to="/cart">cart</Link>.
            </>
          )}
        </p>
      </div>
    </article>
  );
}
