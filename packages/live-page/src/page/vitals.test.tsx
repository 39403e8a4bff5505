/** The Web Vitals by route and by device, in the view of the experience. */
import type { LiveVitals } from "@rumkit/protocol";
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { count, show, snapshot } from "../../test/shownPage.tsx";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const vitals: LiveVitals = {
  from: 0,
  to: 900,
  tables: [
    {
      label: "route",
      rows: [
        {
          value: "/cart",
          vitals: [
            { vital: "LCP", p75: 3.1, good: 2, needsImprovement: 1, poor: 1 },
            { vital: "INP", p75: 0.182, good: 8, needsImprovement: 0, poor: 0 },
            { vital: "CLS", p75: 0.07, good: 3, needsImprovement: 0, poor: 0 },
          ],
        },
        { value: "/", vitals: [{ vital: "TTFB", p75: 0.4, good: 1, needsImprovement: 0, poor: 0 }] },
      ],
    },
    {
      label: "device",
      rows: [
        { value: "mobile", vitals: [{ vital: "LCP", p75: 4.2, good: 0, needsImprovement: 0, poor: 3 }] },
        { value: "desktop", vitals: [{ vital: "LCP", p75: 1.2, good: 1, needsImprovement: 0, poor: 0 }] },
      ],
    },
  ],
};

async function showVitals(answer: LiveVitals, query = "") {
  const page = show({ query, vitals: answer });
  page.receive(snapshot({ totals: count(9) }));
  await act(() => vi.advanceTimersByTimeAsync(20));
  return page;
}

const rows = (label: string): (string | null)[][] =>
  within(screen.getByRole("region", { name: new RegExp(`^Web Vitals by ${label} 75th`) }))
    .getAllByRole("row")
    .map((row) => [...row.children].map(({ textContent }) => textContent));
const notes = (): (string | null)[] => screen.queryAllByRole("note").map(({ textContent }) => textContent);

test("each vital has its 75th percentile in its unit, and a bar that says the same in words", async () => {
  await showVitals(vitals);
  expect(rows("route")).toEqual([
    ["Route", "LCP", "INP", "CLS", "FCP", "TTFB"],
    ["/cart", "3.10 s", "182 ms", "0.07", "–", "–"],
    ["/", "–", "–", "–", "–", "0.40 s"],
  ]);
  expect(rows("device").map(([name, lcp]) => [name, lcp])).toEqual([
    ["Device", "LCP"],
    ["mobile", "4.20 s"],
    ["desktop", "1.20 s"],
  ]);
  const bar = screen.getByRole("img", { name: "Of 4: 50% good, 25% need improvement, 25% poor" });
  expect([...bar.children].map((part) => (part as HTMLElement).style.flexGrow)).toEqual(["2", "1", "1"]);
});

test("a route narrows its table and the other says that it is not narrowed; a number narrows as well", async () => {
  await showVitals(vitals);
  fireEvent.click(screen.getByRole("button", { name: "/cart, filter by route" }));
  expect(rows("route").map(([name]) => name)).toEqual(["Route", "/cart"]);
  expect(rows("device")).toHaveLength(3);
  expect(notes()).toContain("Not filtered by route: this table is by device only.");
  fireEvent.click(screen.getByRole("button", { name: "4.20 s, filter by device mobile" }));
  expect(location.search).toBe("?view=experience&route=%2Fcart&label.device=mobile");
  expect(rows("device").map(([name]) => name)).toEqual(["Device", "mobile"]);
  expect(notes()).toContain("Not filtered by device: this table is by route only.");
});

test("a filter that nothing passes, and a quarter of an hour without a vital, say so", async () => {
  await showVitals(vitals, "&route=/nowhere");
  const table = screen.getByRole("region", { name: /^Web Vitals by route 75th/ });
  expect(within(table).getByText("No data for this filter.")).toBeTruthy();
  cleanup();
  await showVitals({ from: 0, to: 900, tables: [] });
  expect(screen.getByText("No page view has reported its Web Vitals in the last 15 min.")).toBeTruthy();
});
