import { useState } from "react";
import { Link, Route, Routes, useLocation } from "react-router";
import { BreakThings } from "./breakThings.tsx";
import { useCart } from "./cart.tsx";
import { Features } from "./features.tsx";
import { MetricsErrorBoundary } from "./metrics.ts";
import { AccountPage } from "./pages/accountPage.tsx";
import { CartPage } from "./pages/cartPage.tsx";
import { CheckoutPage } from "./pages/checkoutPage.tsx";
import { ListPage } from "./pages/listPage.tsx";
import { ProductPage } from "./pages/productPage.tsx";
import { ThanksPage } from "./pages/thanksPage.tsx";

/** Header, the page of the current route, footer. */
export function Shop() {
  const [email, setEmail] = useState<string>();
  const { pathname } = useLocation();
  return (
    <>
      <Features />
      <Header email={email} />
      <main>
        <MetricsErrorBoundary fallback={<BrokenPage />} resetKeys={[pathname]}>
          <Routes>
            <Route path="/" element={<ListPage />} />
            <Route path="/product/:id" element={<ProductPage />} />
            <Route path="/cart" element={<CartPage />} />
            <Route path="/checkout" element={<CheckoutPage />} />
            <Route path="/thanks" element={<ThanksPage />} />
            <Route path="/login" element={<AccountPage key="login" kind="login" onLogin={setEmail} />} />
            <Route
              path="/register"
              element={<AccountPage key="register" kind="register" onLogin={setEmail} />}
            />
          </Routes>
        </MetricsErrorBoundary>
      </main>
      <footer>
        <BreakThings />
        <p className="quiet">
          Foxglove sells nothing. Watch it being measured on the <a href="/realtime">live page</a> and at{" "}
          <a href="/metrics">/metrics</a>.
        </p>
      </footer>
    </>
  );
}

function Header({ email }: { email: string | undefined }) {
  const { lines } = useCart();
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <header>
      <Link to="/" className="brand">
        Foxglove
      </Link>
      <nav aria-label="Shop">
        {email ? (
          <span className="quiet email">{email}</span>
        ) : (
          <Link to="/login" data-testid="login-link">
            Log in
          </Link>
        )}
        <Link to="/cart" className="cartLink" data-rum="cart" data-testid="cart-link">
          Cart <span className="badge">{count}</span>
        </Link>
      </nav>
    </header>
  );
}

function BrokenPage() {
  return (
    <p role="alert">
      This page broke. <Link to="/">Look around</Link> elsewhere: the rest of the shop still works.
    </p>
  );
}
