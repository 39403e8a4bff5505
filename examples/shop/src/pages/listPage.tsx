import { useEffect, useState } from "react";
import { Link } from "react-router";
import type { Product } from "../../products.ts";
import { type Answer, request } from "../api.ts";
import { useCart } from "../cart.tsx";
import { Cover } from "../cover.tsx";
import { useMetrics } from "../metrics.ts";
import { Price } from "../price.tsx";

/** Pause in typing after which a search is sent: a fast typist's keys are closer together. */
const TYPING_PAUSE_MS = 200;

export function ListPage() {
  const [term, setTerm] = useState("");
  const { value: found, error } = useSearch(term);
  return (
    <>
      <div className="listHead">
        <h1>Good things, sent slowly.</h1>
        <input
          type="search"
          placeholder="Search titles and makers"
          aria-label="Search the shop"
          data-testid="search"
          value={term}
          onChange={(event) => setTerm(event.target.value)}
        />
      </div>
      {error && <p role="alert">{error}</p>}
      {found?.length === 0 && <p className="quiet">Nothing on our shelves is called that.</p>}
      <ul className="products">
        {found?.map((product) => (
          <ProductCard key={product.id} product={product} />
        ))}
      </ul>
    </>
  );
}

/** What the shop finds. The first answer is the whole list; each later one is a search, and measured. */
function useSearch(term: string): Answer<Product[]> {
  const { measure, trackAction } = useMetrics();
  const [answer, setAnswer] = useState<Answer<Product[]>>({});

  useEffect(() => {
    const outdated = new AbortController();

    async function search(): Promise<void> {
      const start = performance.now();
      const next = await request<Product[]>(`/api/products?search=${encodeURIComponent(term)}`);
      if (outdated.signal.aborted) return;
      setAnswer(next);
      if (term === "" || !next.value) return;
      measure("search_duration", (performance.now() - start) / 1000);
      trackAction("search", { results: next.value.length });
    }

    const timer = setTimeout(() => void search(), term === "" ? 0 : TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      outdated.abort();
    };
  }, [term, measure, trackAction]);

  return answer;
}

function ProductCard({ product }: { product: Product }) {
  const { currency } = useCart();
  return (
    <li>
      <Link to={`/product/${product.id}`} className="card" data-testid={`product-${product.id}`}>
        <Cover product={product} />
        <strong>{product.title}</strong>
        <span className="quiet">{product.maker}</span>
        <Price cents={product.price[currency]} currency={currency} />
      </Link>
    </li>
  );
}
