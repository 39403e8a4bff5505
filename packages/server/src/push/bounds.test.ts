/** Properties of what is sent: bytes, order, and that packing loses nothing. */
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  double,
  integer,
  property,
  record,
  string,
} from "fast-check";
import snappyjs from "snappyjs";
import { compressSync, uncompressSync } from "snappy";
import { expect, test } from "vitest";
import { decodeRequest1, decodeRequest2 } from "../../../../test/support/push/decode.ts";
import type { SafeAnswer } from "../receivers/safeHttp.ts";
import { deliverPoints, MAX_DECODED_BYTES } from "./deliverPoints.ts";
import { packPoints, unpackPoints } from "./packedPoints.ts";
import { countSamples, type Point } from "./pushedSeries.ts";
import { remoteWrite1, remoteWrite2 } from "./remoteWriteFormats.ts";
import { splitPoints } from "./splitPoints.ts";

const value = double();
const labels = dictionary(
  constantFrom("a", "b", "zone", "job", "instance", "constructor", "exported_job"),
  string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);
const points = array(record({ labels, values: array(value, { minLength: 1, maxLength: 3 }) }), {
  maxLength: 30,
}).map((all) =>
  all.map(({ labels: own, values }, index): Point => ({
    series: {
      id: String(index),
      family: { name: `m${index}`, type: "gauge", help: "Help.", unit: "" },
      labels: own,
      lines: [{ name: `m${index}` }],
      startedAt: 0,
    },
    samples: values.map((one, place) => ({
      at: 1_800_000_000_000 + place,
      values: one === 0 ? undefined : [one],
    })),
  })),
);

test("both versions have the same series, sorted labels, unique names, and times in order", async () => {
  const external = { job: "shop", instance: "one" };
  await assert(
    asyncProperty(points, async (all) => {
      const sent = async (format: ReturnType<typeof remoteWrite1>): Promise<Buffer> =>
        Buffer.from(await format.compress(format.encode(all)));
      const first = decodeRequest1(await sent(remoteWrite1(external)));
      const { series: second } = decodeRequest2(await sent(remoteWrite2(external)));
      expect(second.map(({ pairs }) => pairs)).toEqual(first.map(({ pairs }) => pairs));
      expect(second.map(({ samples }) => samples)).toEqual(first.map(({ samples }) => samples));
      expect(first).toHaveLength(all.length);
      for (const { pairs, samples } of first) {
        const names = pairs.map(([name]) => name);
        expect(names).toEqual([...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1)));
        const ats = samples.map(({ at }) => at);
        expect(ats).toEqual(ats.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 50 },
  );
});

test("snappy blocks are read by another implementation, whatever is in them", () => {
  const bytes = array(integer({ min: 0, max: 255 }), { maxLength: 2_000 }).map((all) => Buffer.from(all));
  assert(
    property(bytes, integer({ min: 1, max: 90 }), (some, times) => {
      const whole = Buffer.concat(Array.from({ length: times }, () => some));
      expect(Buffer.compare(uncompressSync(Buffer.from(snappyjs.compress(whole))) as Buffer, whole)).toBe(0);
      expect(Buffer.compare(Buffer.from(snappyjs.uncompress(compressSync(whole))), whole)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test("packing loses nothing, and a damaged text is found", async () => {
  await assert(
    asyncProperty(points, async (all) => {
      const { text, samples } = await packPoints(all);
      expect(unpackPoints(text)).toEqual(all);
      expect(samples).toBe(countSamples(all));
      expect(unpackPoints(text.slice(0, text.length / 2))).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test("no request is larger than 4 MiB before compression, and none is lost for it", async () => {
  const huge: Point[] = Array.from({ length: 40 }, (_, index) => ({
    series: {
      id: String(index),
      family: { name: "m", type: "gauge", help: "", unit: "" },
      labels: { index: String(index), text: "x".repeat(400_000) },
      lines: [{ name: "m" }],
      startedAt: 0,
    },
    samples: [{ at: 1, values: [index] }],
  }));
  const sizes: number[] = [];
  const seen: number[] = [];
  const outcome = await deliverPoints(huge, {
    format: remoteWrite1({}),
    post: async (body): Promise<SafeAnswer> => {
      sizes.push((uncompressSync(Buffer.from(body)) as Buffer).length);
      seen.push(...decodeRequest1(Buffer.from(body)).map(({ samples }) => samples[0]!.value));
      return { kind: "answer", status: 204, retryAfter: undefined, text: "", isComplete: true };
    },
    now: () => 0,
    bisect: true,
    onOutcome: () => {},
    onTaken: () => {},
    onLoss: () => expect.unreachable(),
    onPoison: () => {},
    onFallback: () => {},
  });
  expect(outcome.kind).toBe("settled");
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_DECODED_BYTES);
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

test("parts have about 5,000 samples, and every point once", () => {
  assert(
    property(array(integer({ min: 1, max: 40 }), { maxLength: 2_000 }), (sizes) => {
      const all = sizes.map((size, index): Point => ({
        series: {
          id: String(index),
          family: { name: "m", type: "histogram", help: "", unit: "" },
          labels: {},
          lines: Array.from({ length: size }, () => ({ name: "m" })),
          startedAt: 0,
        },
        samples: [{ at: 1, values: [] }],
      }));
      const parts = splitPoints(all);
      expect(parts.flat()).toEqual(all);
      expect(parts.every((part) => countSamples(part) <= 5_000)).toBe(true);
    }),
    { numRuns: 20 },
  );
});
