import { webVitals, type WebVitalName } from "@rumkit/protocol";
import { checkName } from "./namePattern.ts";
import { type Check, number, object, oneOf, record, required } from "../base/shape.ts";

const share = number("a share between 0 and 1, e.g. 0.75", (value) => value > 0 && value < 1);

const VITAL = '{ vital: "LCP", below: 2.5, ratio: 0.75 }';

const checkVital = object(
  {
    vital: required(oneOf(Object.keys(webVitals), { FID: "INP", fid: "INP" }), 'a Web Vital, e.g. "LCP"'),
    below: required(number("a number"), "the largest value that is good, in seconds, or the CLS score"),
    ratio: required(share, "the share of page views that must be good, e.g. 0.75"),
  },
  {
    example: VITAL,
    together: ({ vital, below }, path, faults) => {
      const { buckets } = webVitals[vital as WebVitalName];
      if (buckets.includes(below as number)) return;
      const nearest = buckets.toSorted(
        (a, b) => Math.abs(a - Number(below)) - Math.abs(b - Number(below)),
      )[0];
      faults.add(
        [...path, "below"],
        `must be a bucket edge of ${String(vital)} (${buckets.join(", ")}), not ${String(below)}. The nearest is ${nearest}.`,
      );
    },
  },
);

const checkHttpObjective = object(
  {
    http: required(
      object(
        { errorsBelow: required(share, "the share of requests that may fail, e.g. 0.01") },
        { example: "{ errorsBelow: 0.01 }" },
      ),
      "{ errorsBelow: 0.01 }",
    ),
  },
  { example: "{ http: { errorsBelow: 0.01 } }" },
);

/** Checks the service level objectives. */
export const checkObjectives: Check = record(
  checkName,
  (objective, path, faults) => {
    const isHttp = typeof objective === "object" && objective !== null && "http" in objective;
    (isHttp ? checkHttpObjective : checkVital)(objective, path, faults);
  },
  `{ fast_pages: ${VITAL} }`,
);
