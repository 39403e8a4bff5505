import { type ChangeEvent, type SubmitEvent, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { Product } from "../../products.ts";
import { type Answer, request } from "../api.ts";
import { useCart } from "../cart.tsx";
import { Cover } from "../cover.tsx";
import { useActionTracking, useFormTracking, useMeasure } from "../metrics.ts";
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
        <SearchForm onSearch={setTerm} />
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

/** Sends itself when the visitor stops typing. */
function SearchForm({ onSearch }: { onSearch: (term: string) => void }) {
  const formTracking = useFormTracking("search");
  const [term, setTerm] = useState("");
  const timer = useRef<number>(undefined);

  function onChange({ target }: ChangeEvent<HTMLInputElement>): void {
    setTerm(target.value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => target.form?.requestSubmit(), TYPING_PAUSE_MS);
  }

  function onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    clearTimeout(timer.current);
    onSearch(term);
  }

  return (
    <form {...formTracking} role="search" onSubmit={onSubmit}>
      <input
        type="search"
        placeholder="Search titles and makers"
        aria-label="Search the shop"
        data-testid="search"
        value={term}
        onChange={onChange}
      />
    </form>
  );
}

/** The products that the shop finds. The first answer is the whole list; each later one is a search, and measured. */
function useSearch(term: string): Answer<Product[]> {
  const { trackAction } = useActionTracking();
  const measureSearch = useMeasure("search_duration");
  const [answer, setAnswer] = useState<Answer<Product[]>>({});

  useEffect(() => {
    const outdated = new AbortController();

    async function search(): Promise<void> {
      const start = performance.now();
      const next = await request<Product[]>(`/api/products?search=${encodeURIComponent(term)}`);
      if (outdated.signal.aborted) return;
      setAnswer(next);
      if (term === "" || !next.value) return;
      measureSearch((performance.now() - start) / 1000);
      trackAction("search", { results: next.value.length });
    }

    void search();
    return () => outdated.abort();
  }, [term, measureSearch, trackAction]);

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
