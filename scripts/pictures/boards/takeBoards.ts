import type { Browser } from "playwright-core";
import { dashboardsOf } from "../../../test/support/boards/generatedBoards.ts";
import type { QueryApi } from "../../../test/support/queryApi.ts";
import { openPage, takeHeight } from "../album.ts";
import { WIDTH, writePage } from "./boardPage.ts";
import type { Dashboard, Span } from "./dashboard.ts";
import { fillBoard } from "./fillBoard.ts";

/** Takes a picture of every board of the shop, and returns the panels in which nothing is to be seen. */
export async function takeBoards(browser: Browser, api: QueryApi, span: Span): Promise<string[]> {
  const page = await openPage(browser);
  const empty: string[] = [];
  for (const { name, json } of dashboardsOf("shop")) {
    const dashboard = json as unknown as Dashboard;
    const rows = await fillBoard(dashboard, api, span);
    await page.setContent(writePage(dashboard, rows, span));
    await takeHeight(page, `board-${name}`, WIDTH);
    const panels = page.locator(".panel:has(.none) h3");
    empty.push(...(await panels.allTextContents()).map((title) => `${name}: ${title}`));
  }
  await page.close();
  return empty;
}
