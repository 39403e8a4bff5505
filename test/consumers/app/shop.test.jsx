/** The tests of an app, as its team writes them: the same for Jest and Vitest, which both bring their globals. */
import { createMetrics, createMetricsWith } from "@rumkit/browser";
import { createTestMetrics as createWithoutReact } from "@rumkit/browser/testing";
import { defineCatalog } from "@rumkit/protocol";
import { MetricsProvider } from "@rumkit/react";
import { MetricsProvider as ClientProvider } from "@rumkit/react/client";
import { useErrorReport } from "@rumkit/react/error-report";
import { createTestMetrics } from "@rumkit/react/testing";
import { cleanup, render, screen } from "@testing-library/react";
import { App, Product } from "./Shop.jsx";

/** What the tests wrote on the console and asked of the network. */
const lines = [];
const requests = [];
for (const method of ["debug", "info", "log", "warn", "error"])
  console[method] = (...line) => lines.push(line.join(" "));
globalThis.fetch = async (...request) => {
  requests.push(request[0]);
  throw new TypeError("No network in tests.");
};
navigator.sendBeacon = (...request) => requests.push(request[0]) > 0;
XMLHttpRequest.prototype.open = (...request) => void requests.push(request[1]);

afterEach(async () => {
  cleanup();
  // A client would send when the page is hidden.
  window.dispatchEvent(new Event("pagehide"));
  await new Promise((resolve) => setTimeout(resolve));
  expect(lines).toEqual([]);
  expect(requests).toEqual([]);
});

const CALLS = [
  ["trackAction", "add_to_cart", { category: "books" }],
  ["trackConversion", "wish"],
];

test("a component needs no provider", () => {
  render(<Product />);
  screen.getByRole("button").click();
});

test.each([
  ["@rumkit/react", MetricsProvider],
  ["@rumkit/react/client", ClientProvider],
])("a test client records what a component calls: the provider of %s", (_entry, Provider) => {
  const metrics = createTestMetrics();
  render(
    <Provider client={metrics}>
      <Product />
    </Provider>,
  );
  expect(metrics.calls).toEqual([
    ["trackPageView", "/product/:id"],
    ["trackFeature", "zoom"],
  ]);
  metrics.clear();
  screen.getByRole("button").click();
  expect(metrics.calls).toEqual(CALLS);
  expect(metrics.callsOf("trackAction")).toEqual([["add_to_cart", { category: "books" }]]);
});

test("a test client replaces that of the app's own provider", () => {
  const metrics = createTestMetrics();
  render(<App />, {
    wrapper: ({ children }) => <MetricsProvider client={metrics}>{children}</MetricsProvider>,
  });
  metrics.clear();
  screen.getByRole("button").click();
  expect(metrics.calls).toEqual(CALLS);
});

test("a client of the app that is not started gathers in silence", () => {
  const metrics = createMetrics({ start: process.env.NODE_ENV !== "test" });
  metrics.trackAction("add_to_cart");
  metrics.flush();
});

test("every entry can be imported", () => {
  expect(
    [createMetricsWith, createWithoutReact, defineCatalog, useErrorReport].map((it) => typeof it),
  ).toEqual(Array(4).fill("function"));
});
