import { type ReactNode, StrictMode } from "react";
import { createBrowserRouter, Outlet, useLocation } from "react-router";
import { Shown } from "./mount.tsx";

function Page(): ReactNode {
  return <Shown path={useLocation().pathname} />;
}

/** A loader that takes its time, as real ones do. */
async function load(): Promise<null> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return null;
}

export const router = createBrowserRouter([
  {
    element: <Outlet />,
    children: [
      { path: "/", loader: load, element: <Page /> },
      {
        path: "/users/:id",
        loader: load,
        element: <Outlet />,
        children: [
          {
            index: true,
            element: (
              <StrictMode>
                <Page />
              </StrictMode>
            ),
          },
        ],
      },
      { path: "/files/*", element: <Page /> },
    ],
  },
]);

window.walk = { go: (path, options) => router.navigate(path, options), back: () => router.navigate(-1) };
