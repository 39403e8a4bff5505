import { expect, test } from "vitest";
import { createByteBudget } from "./byteBudget.ts";

test("no more bytes are taken at a time than there are, and each gets its turn in order", async () => {
  const budget = createByteBudget(50);
  const order: number[] = [];
  let taken = 0;
  let most = 0;
  const sizes = [10, 30, 20, 50, 5, 5, 40, 10];
  await Promise.all(
    sizes.map(async (bytes, index) => {
      const giveBack = await budget.take(bytes);
      order.push(index);
      taken += bytes;
      most = Math.max(most, taken);
      await new Promise(setImmediate);
      taken -= bytes;
      giveBack();
    }),
  );
  expect(order).toEqual(sizes.map((_bytes, index) => index));
  expect(most).toBeLessThanOrEqual(50);
});

test("what is more than there are goes alone", async () => {
  const budget = createByteBudget(10);
  const first = await budget.take(5);
  let isLarge = false;
  const large = budget.take(100).then((giveBack) => {
    isLarge = true;
    return giveBack;
  });
  await new Promise(setImmediate);
  expect(isLarge).toBe(false);
  first();
  (await large)();
  (await budget.take(10))();
});
