import { RouteMetrics } from "@rumkit/react/react-router-data";
import { type ReactNode, useEffect } from "react";
import { Outlet, Scripts, useNavigate } from "react-router";

export function Layout({ children }: { children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <RouteMetrics />
        {children}
        <Scripts />
      </body>
    </html>
  );
}

export default function App(): ReactNode {
  return (
    <>
      <Walk />
      <Outlet />
    </>
  );
}

export function ErrorBoundary(): ReactNode {
  return (
    <>
      <Walk />
      <output>sorry</output>
    </>
  );
}

function Walk(): ReactNode {
  const navigate = useNavigate();
  useEffect(() => {
    window.walk = { go: (path, options) => void navigate(path, options), back: () => void navigate(-1) };
  }, [navigate]);
  return null;
}
