import type { Entry, Frame } from "./wire.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => Number.isFinite(value);
const times: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const flag: Check = (value) => typeof value === "boolean";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const object =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(keys).every(([key, check]) => check(value[key]));
const labels: Check = (value) => isObject(value) && Object.values(value).every(text);

const isFrame = object({
  worker: text,
  number,
  series: list(
    object({
      metric: text,
      labels,
      counted: list((pair) => Array.isArray(pair) && number(pair[0]) && times(pair[1])),
    }),
  ),
  gauges: list(object({ metric: text, labels, value: (value) => value === null || number(value) })),
  families: optional(
    list(
      object({
        name: text,
        help: text,
        type: text,
        aggregator: optional(text),
        values: list(object({ labels, value: number, metricName: optional(text) })),
      }),
    ),
  ),
  isLast: optional(flag),
});

const isEntry = object({
  call: text,
  epoch: optional(text),
  key: optional(text),
  at: number,
  samples: list(object({ metric: text, labels, value: number, times: optional(times) })),
  event: object({ type: text }),
});

/** Returns the value as a frame. Throws if it is not one, because a frame that is half right must not count by half. */
export function readFrame(value: unknown): Frame {
  if (!isFrame(value)) throw new TypeError("[rumkit] This is not a frame of a worker.");
  return value as Frame;
}

/** Returns the value as an entry. Throws if it is not one. */
export function readEntry(value: unknown): Entry {
  if (!isEntry(value)) throw new TypeError("[rumkit] This is not a call of a worker.");
  return value as Entry;
}
