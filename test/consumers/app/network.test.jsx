/** With MSW, as its manual has it: a request that no handler answers is an error. */
import { MetricsProvider } from "@rumkit/react";
import { createTestMetrics } from "@rumkit/react/testing";
import { cleanup, render, screen } from "@testing-library/react";
import { setupServer } from "msw/node";
import { App } from "./Shop.jsx";

const server = setupServer();
const unhandled = [];
server.events.on("request:unhandled", ({ request }) => unhandled.push(request.url));
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());

test("a rendered app asks nothing of the network", async () => {
  const metrics = createTestMetrics();
  render(<App />, {
    wrapper: ({ children }) => <MetricsProvider client={metrics}>{children}</MetricsProvider>,
  });
  screen.getByRole("button").click();
  cleanup();
  window.dispatchEvent(new Event("pagehide"));
  await new Promise((resolve) => setTimeout(resolve));
  expect(metrics.callsOf("trackAction")).toEqual([["add_to_cart", { category: "books" }]]);
  expect(unhandled).toEqual([]);
});
