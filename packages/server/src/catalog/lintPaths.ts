import { type Check, describeValue, type Faults, list, type Path } from "../base/shape.ts";

/** Maximum UTF-16 units of a route or an endpoint: it is a label value. */
const MAX_LENGTH = 128;

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
      return faults.add(path, /^[a-z]+:/.test(endpoint) ? rest : `${rest} ${use(`/${endpoint}`)}`);
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

function checkPattern(pattern: string, path: Path, faults: Faults): void {
  if (pattern.length > MAX_LENGTH)
    return faults.add(path, `has ${pattern.length} characters; ${MAX_LENGTH} at most.`);
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

/** Translates the parameters of Next.js (`[id]`, `[...path]`), OpenAPI (`{id}`) and Flask (`<int:id>`). */
function withOurParameters(pattern: string): string {
  return pattern
    .replace(/\[{1,2}\.{3}[^\]]*\]{1,2}/g, "*")
    .replace(/\[+([^\]/[]+)\]+/g, (_all, name: string) => `:${wordOf(name)}`)
    .replace(/\{\*?([^}/{]+)\}/g, (_all, name: string) => `:${wordOf(name)}`)
    .replace(/<(?:\w+:)?([^>/<]+)>/g, (_all, name: string) => `:${wordOf(name)}`);
}

function wordOf(name: string): string {
  return name.replace(/\W.*$/s, "") || "id";
}
