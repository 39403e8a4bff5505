/**
 * The work of a request, counted and not timed: every value that is read of a body. Its time on a machine is
 * `npm run bench -- hostile`.
 */
import { gunzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createCollector, createMemoryJournal } from "@rumkit/server";
import { hostileCatalog } from "./support/hostile/catalog.ts";
import {
  everyShape,
  type Genes,
  PATHS,
  REFUSALS,
  type Shape,
  toBatch,
  toShape,
} from "./support/hostile/shapes.ts";

const SECRET = "s".repeat(32);
const collector = createCollector({
  catalog: hostileCatalog,
  journal: createMemoryJournal(),
  environment: "production",
  runtimeMetrics: false,
  allowedOrigins: ["https://shop.example"],
  ingestTokens: [SECRET],
  rateLimits: { perAddress: false, perApp: false },
});
afterAll(() => collector.stop());

// Errors of pages are read later, and would be counted with the next test.
beforeEach(async () => void (await collector.fetch(new Request("http://rum.example/api/rumkit/errors"))));

/** Has every value that is read of a parsed body counted. */
function countReads(): { stop(): number } {
  let reads = 0;
  const parse = JSON.parse;
  const watch = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? new Proxy(value, {
          get: (target, key, receiver): unknown => {
            const found: unknown = Reflect.get(target, key, receiver);
            if (typeof key !== "string" || !Object.hasOwn(target, key) || key === "length") return found;
            reads += 1;
            return watch(found);
          },
        })
      : value;
  const spy = vi.spyOn(JSON, "parse").mockImplementation((text) => watch(parse(text)));
  return {
    stop: () => {
      spy.mockRestore();
      return reads;
    },
  };
}

async function send({ method, target, headers, body }: Shape): Promise<number> {
  const { status } = await collector.fetch(
    new Request(`http://rum.example${target}`, { method, headers, body: new Uint8Array(body!) }),
  );
  return status;
}

/** Values in a body: of arrays and objects, whatever their depth. */
function countValues(body: Buffer): number {
  let values = 1;
  const count = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const inner of Object.values(value)) {
      values += 1;
      count(inner);
    }
  };
  count(JSON.parse(body.toString()));
  return values;
}

/** Events, reports and items that a request may have: so many are looked at, of so many fields, and no more. */
const MOST: Readonly<Record<string, number>> = {
  "/collect": 200,
  "/collect/validate": 200,
  "/reports": 100,
  "/ingest": 1_000,
};
const FIELDS = 65;

function isJson({ path, wrapper }: Genes): boolean {
  return !(path.startsWith("/collect") && wrapper === 4);
}

describe("the work of a request", () => {
  test.each(PATHS)(
    "%s looks at everything once for its limits, and then at no more than they allow",
    async (path) => {
      const tooMuch: unknown[] = [];
      let shapes = 0;
      for (const genes of everyShape()) {
        if (genes.path !== path || genes.gzip || genes.most === 200 || !isJson(genes)) continue;
        const shape = toShape(genes, SECRET);
        const values = countValues(shape.body!);
        const counting = countReads();
        await send(shape);
        const reads = counting.stop();
        shapes += 1;
        // A field is read, cut where it is too long, picked as a label, and of an error grouped and shown.
        if (reads > values + 6 * Math.min(values, MOST[path]! * FIELDS))
          tooMuch.push([shape.title, values, reads]);
      }
      expect(tooMuch).toEqual([]);
      expect(shapes).toBeGreaterThan(50);
    },
  );

  test.each(PATHS)("%s refuses 80,000 objects before it parses them", async (path) => {
    const genes: Genes = { path, wrapper: 0, units: ["empty objects"], gzip: true, most: 1_000_000 };
    const shape = toShape(genes, SECRET);
    expect(countValues(gunzipSync(shape.body!))).toBeGreaterThan(80_000);
    const counting = countReads();
    expect(await send(shape)).toBe(400);
    expect(counting.stop()).toBe(0);
  });

  test("10,000 reports are no more work than 100", async () => {
    const genes: Genes = {
      path: "/reports",
      wrapper: 0,
      units: ["empty objects"],
      gzip: false,
      most: 10_000,
    };
    const counting = countReads();
    expect(await send(toShape(genes, SECRET))).toBe(204);
    expect(counting.stop()).toBeLessThan(10_000 + 1_000);
  });
});

describe("a batch that is refused is no more work than one that is counted", () => {
  test.each(REFUSALS)("$title", async ({ accepted, refused }) => {
    const readsOf = async (body: string, status: number): Promise<number> => {
      const counting = countReads();
      expect(await send(toBatch(body))).toBe(status);
      return counting.stop();
    };
    const [good, bad] = [accepted(), refused()];
    expect(bad).toHaveLength(good.length);
    expect(await readsOf(bad, 422)).toBeLessThanOrEqual(await readsOf(good, 202));
  });
});
