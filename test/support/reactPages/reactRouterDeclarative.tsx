import { MetricsProvider } from "@rumkit/react";
import { MetricsRoutes } from "@rumkit/react/react-router";
import { type ReactNode, useEffect } from "react";
import { BrowserRouter, Outlet, Route, useLocation, useNavigate } from "react-router";
import { mount, Shown } from "./mount.tsx";

function Page(): ReactNode {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    window.walk = { go: navigate, back: () => navigate(-1) };
  }, [navigate]);
  return <Shown path={pathname} />;
}

mount(
  <MetricsProvider pageViews="manual">
    <BrowserRouter>
      <MetricsRoutes>
        <Route path="/" element={<Outlet />}>
          <Route index element={<Page />} />
          <Route path="users/:id" element={<Outlet />}>
            <Route index element={<Page />} />
          </Route>
          <Route path="files/*" element={<Page />} />
        </Route>
      </MetricsRoutes>
    </BrowserRouter>
  </MetricsProvider>,
);
