import { checkBuckets } from "./lintBuckets.ts";
import { type Check, isObject, mustBe, number, object, oneOf, required } from "../base/shape.ts";

/** Routes, or names of each kind, that may be learned: a route costs dozens of series. */
const MAX_LEARNED = 1_000;

/** How the backend's requests are named and counted. */
export const checkHttp: Check = object(
  {
    names: oneOf(["classic", "opentelemetry"], { otel: "opentelemetry" }),
    status: oneOf(["class", "code"]),
    buckets: checkBuckets,
  },
  {
    example: '{ names: "opentelemetry" }',
    together: ({ names, status }, path, faults) => {
      if (names === "opentelemetry" && status === "class")
        faults.add(
          [...path, "status"],
          'must not be "class" with the names of OpenTelemetry: they have the exact code.',
        );
    },
  },
);

const checkMost = object(
  {
    max: required(
      number(
        `a whole number from 1 to ${MAX_LEARNED}`,
        (max) => Number.isInteger(max) && max >= 1 && max <= MAX_LEARNED,
      ),
      "how many at most, e.g. 100",
    ),
  },
  { example: "{ max: 100 }" },
);

/** Whether, and how many, routes or names are learned. */
export const checkLearned: Check = (learn, path, faults) => {
  if (typeof learn === "boolean") return;
  if (isObject(learn)) return checkMost(learn, path, faults);
  faults.add(path, mustBe("true, false or { max: 100 }", learn));
};
