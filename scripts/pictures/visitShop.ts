import { setTimeout as wait } from "node:timers/promises";
import type { FrameLocator } from "playwright-core";

/** Milliseconds between two clicks: a person reads what a click shows. */
const THINKING_MS = 3_000;

/** Buys something in the shop, slowly, and looks at a product of the bad release. */
export async function visitShop(shop: FrameLocator): Promise<void> {
  const click = async (id: string): Promise<void> => {
    await wait(THINKING_MS);
    await shop.getByTestId(id).first().click();
  };
  await shop
    .getByTestId(/^product-/)
    .first()
    .waitFor();
  await wait(THINKING_MS);
  await shop
    .getByTestId(/^product-/)
    .first()
    .click();
  await click("add-to-cart");
  await click("cart-link");
  await click("checkout");
  await click("pay");
  await shop.getByTestId("order-id").waitFor();
  await wait(2 * THINKING_MS);
  await shop.getByRole("link", { name: "Foxglove" }).click();
  await wait(THINKING_MS);
  await shop
    .getByTestId(/^product-/)
    .nth(1)
    .click();
}
