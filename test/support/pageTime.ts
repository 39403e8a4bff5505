/** Waits for a page by its own clock, and by the entries of its timeline. */
import type { Page } from "playwright-core";

/**
 * Waits until every timer of the page that is due within these milliseconds has run. However busy the machine is:
 * a page runs its timers in the order in which they are due.
 */
export async function timers(page: Page, milliseconds = 0): Promise<void> {
  await page.evaluate((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)), milliseconds);
}

/**
 * Waits until the page has had an idle moment, and all that waited for one has run. A page that is never idle runs it
 * after a second, as `web-vitals` asks for.
 */
export async function idle(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestIdleCallback(() => resolve(), { timeout: 1_000 })),
  );
}

/**
 * Waits until the page's performance observers have had so many entries of a type whose names contain `name`. An
 * observer that comes later is called later.
 */
export async function observed(page: Page, type: string, name = "", count = 1): Promise<void> {
  await page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        let seen = 0;
        const observer = new PerformanceObserver((list) => {
          seen += list.getEntries().filter((entry) => entry.name.includes(wanted.name)).length;
          if (seen >= wanted.count) resolve();
        });
        observer.observe({ type: wanted.type, buffered: true });
      }),
    { type, name, count },
  );
}
