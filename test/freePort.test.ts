import { expect, test } from "vitest";
import { freePort } from "./support/freePort.ts";

test("a port is given to one test only, though nothing listens on it yet", async () => {
  const ports: number[] = [];
  for (let count = 0; count < 20; count += 1) ports.push(await freePort(19_000, 19_100));
  expect(new Set(ports).size).toBe(20);
});
