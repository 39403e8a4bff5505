import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createCaches } from "./caches.ts";
import type { ReadAtScrape } from "./gaugeReaders.ts";

test("a cache of each user leaves nothing behind, not even its name", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const readers = new Set<Parameters<ReadAtScrape>[0]>();
  const stops: WeakRef<() => void>[] = [];
  const { instrumentCache } = createCaches(
    () => ({ add: () => {} }),
    (reader) => {
      readers.add(reader);
      const stop = (): void => void readers.delete(reader);
      stops.push(new WeakRef(stop));
      return stop;
    },
  );
  for (let user = 0; user < 20; user += 1) instrumentCache(`user ${user}`, new Map([["name", user]]));
  await expect
    .poll(() => {
      collectGarbage();
      for (const { read } of readers) read();
      return readers.size;
    })
    .toBe(0);
  await expect
    .poll(() => {
      collectGarbage();
      return stops.filter((stop) => stop.deref() !== undefined).length;
    })
    .toBe(0);
});
