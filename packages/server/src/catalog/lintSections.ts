import { type Catalog, type WebVitalName, webVitals } from "@rumkit/protocol";
import {
  type Check,
  describeValue,
  type Faults,
  list,
  number,
  object,
  oneOf,
  type Path,
  record,
  required,
  text,
} from "../base/shape.ts";
import { checkName } from "./names.ts";
import { checkPageStep, describeSteps } from "./steps.ts";

/** A funnel of one step would be a counter. More than twenty steps are several funnels. */
const FEWEST_STEPS = 2;
const MOST_STEPS = 20;

const FUNNEL = '["page_view:/cart", "action:add_to_cart"]';

/** Checks the shape of the funnels. `checkSteps` checks that their steps are declared. */
export const checkFunnels: Check = record(
  checkName,
  list(text('"action:add_to_cart"'), { example: FUNNEL }),
  `{ buy: ${FUNNEL} }`,
);

/** Checks that every step is declared. The parts of the catalog must have the right shape. */
export function checkSteps(catalog: Catalog, faults: Faults): void {
  const kinds = describeSteps(catalog);
  for (const [name, steps] of Object.entries(catalog.funnels ?? {})) {
    const path = ["funnels", name];
    if (steps.length < FEWEST_STEPS || steps.length > MOST_STEPS)
      faults.add(path, `must have ${FEWEST_STEPS} to ${MOST_STEPS} steps, not ${steps.length}.`);
    for (const [index, step] of steps.entries()) checkPageStep(step, [...path, index], kinds, faults);
  }
}

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

/** Maximum UTF-16 units of a route or an endpoint: it is a label value. */
const MAX_PATH_LENGTH = 128;

/** Maximum endpoints: each one has a dozen series and more, and several hundred are too many to read one by one. */
const MAX_ENDPOINTS = 500;

const ROUTES = '["/", "/products/:id"]';
const ENDPOINTS = '["/api/products/:id"]';

/** Checks the patterns of the pages. */
export const checkRoutes: Check = list(
  (route, path, faults) => {
    if (typeof route !== "string") return faults.add(path, `must be a text, not ${describeValue(route)}.`);
    if (!route.startsWith("/")) {
      return faults.add(path, `must start with "/", not ${describeValue(route)}. ${use(pathOf(route))}`);
    }
    checkPattern(route, path, faults);
  },
  { example: ROUTES },
);

const checkEach = list(
  (endpoint, path, faults) => {
    if (typeof endpoint !== "string")
      return faults.add(path, `must be a text, not ${describeValue(endpoint)}.`);
    if (!/^(\/|https?:\/\/)/.test(endpoint)) {
      const rest = `must start with "/", "http://" or "https://", not ${describeValue(endpoint)}.`;
      const meant = meantEndpoint(endpoint);
      return faults.add(path, meant === undefined ? rest : `${rest} ${use(meant)}`);
    }
    checkPattern(endpoint, path, faults);
  },
  { example: ENDPOINTS },
);

/** Checks the patterns of an API. */
export const checkEndpoints: Check = (endpoints, path, faults) => {
  checkEach(endpoints, path, faults);
  if (Array.isArray(endpoints) && endpoints.length > MAX_ENDPOINTS)
    faults.add(
      path,
      `has ${endpoints.length} endpoints; ${MAX_ENDPOINTS} at most. Use patterns with ":name".`,
    );
};

/** Returns the endpoint that is meant by a path with its method, by a host without its scheme, and by a path without its slash. */
function meantEndpoint(endpoint: string): string | undefined {
  const [, path] = /^[A-Z]+ +(\S+)$/.exec(endpoint) ?? [];
  if (path !== undefined) return path;
  if (/^(?:localhost:\d+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?)\//.test(endpoint))
    return `https://${endpoint}`;
  return /^[a-z]+:/.test(endpoint) ? undefined : `/${endpoint}`;
}

function checkPattern(pattern: string, path: Path, faults: Faults): void {
  if (pattern.length > MAX_PATH_LENGTH)
    return faults.add(path, `has ${pattern.length} characters; ${MAX_PATH_LENGTH} at most.`);
  const meant = withOurParameters(pattern);
  if (meant !== pattern)
    return faults.add(path, `would never match: ${describeValue(pattern)}. ${use(meant)}`);
  if (/[\s?#]/.test(pattern)) {
    const bare = pattern.trim().replace(/[?#].*$/s, "");
    return faults.add(
      path,
      `would never match: ${describeValue(pattern)} has a query, a hash or a space. ${use(bare)}`,
    );
  }
  const segments = pattern.split("/").filter((segment) => segment !== "");
  if (segments.slice(0, -1).some((segment) => /^\*+$/.test(segment)) || pattern.endsWith("**")) {
    faults.add(
      path,
      `would never match: in ${describeValue(pattern)} "*" must be the last segment. Use ":name" for one segment.`,
    );
  }
}

function use(pattern: string): string {
  return `Use ${describeValue(pattern)}.`;
}

/** The path of a route that is a whole URL, or lacks its slash. */
function pathOf(route: string): string {
  return `/${route.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/^\/+/, "")}`;
}

/**
 * Translates the parameters of Express and Vue (`:path*`, `*path`, `:id(\\d+)`), Next.js (`[id]`, `[...path]`), OpenAPI
 * (`{id}`) and Flask (`<int:id>`).
 */
function withOurParameters(pattern: string): string {
  return pattern
    .replace(/\/(?::\w+(?:\([^/]*\))?[*+]|\*\w+)$/, "/*")
    .replace(/\/:(\w+)\([^/]*\)/g, "/:$1")
    .replace(/\/\([^/]*[\\[^|*+][^/]*\)/g, "/:id")
    .replace(/\[{1,2}\.{3}[^\]]*\]{1,2}/g, "*")
    .replace(/\[+([^\]/[]+)\]+/g, (_all, name: string) => `:${wordOf(name)}`)
    .replace(/\{\*?([^}/{]+)\}/g, (_all, name: string) => `:${wordOf(name)}`)
    .replace(/<(?:\w+:)?([^>/<]+)>/g, (_all, name: string) => `:${wordOf(name)}`);
}

function wordOf(name: string): string {
  return name.replace(/\W.*$/s, "") || "id";
}
