import { checkBuckets } from "./lintBuckets.ts";
import { type Check, isObject, mustBe, number, object, oneOf, required } from "../base/shape.ts";

/** Upper limit for learned routes, and for learned names of each kind: a route costs dozens of series. */
const MAX_LEARNED = 1_000;

/** Checks the names and the counting of the backend's requests. */
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
          'must not be "class" with the names of OpenTelemetry, which have the exact code.',
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

/** Checks `learnRoutes` and `learnNames`. */
export const checkLearned: Check = (learn, path, faults) => {
  if (typeof learn === "boolean") return;
  if (isObject(learn)) return checkMost(learn, path, faults);
  faults.add(path, mustBe("true, false or { max: 100 }", learn));
};
