import {
  type Catalog,
  createRouteMatcher,
  templatePath,
  UNMATCHED_ROUTE,
  withoutParameters,
} from "@rumkit/protocol";

/** Maximum different words at one node of the tree. Further words there become a parameter. */
const MAX_WORDS = 30;

/** Maximum segments of a template. Deeper segments become one `*`. */
const MAX_DEPTH = 8;

/** Maximum characters of a word. Longer ones are titles, not parts of an app. */
const MAX_WORD = 40;

/** Maximum paths whose template is cached: a lookup replaces a dozen regular expressions. */
const MAX_REMEMBERED = 1_000;

/**
 * Letters, digits and the separators that developers use, or a parameter in a router's notation. Any other text comes
 * from a user.
 */
const WORD = /^:?[A-Za-z0-9][\w.~-]*$/;

/** Parameters that `templatePath` inserts. Each node has them at most once, so they need no limit. */
const OURS: ReadonlySet<string> = new Set([":id", ":date", ":slug"]);

/** A node in the tree of the templates learned so far. */
interface Node {
  readonly next: Map<string, Node>;
  /** Number of different words below this node. */
  words: number;
  isRoute: boolean;
}

/**
 * Learns route templates from paths that no declared route matches.
 *
 * Numbers, UUIDs, hashes and dates become parameters at once (`templatePath`). Words are kept until a node has had 30
 * different ones; from then on, a new word there becomes `:slug`. At most `max` templates are learned; a path that
 * would need one more is `unmatched`. A path keeps its template until the next start.
 */
export function learnRoutes({ max }: { readonly max: number }): (path: string) => string {
  const root: Node = { next: new Map(), words: 0, isRoute: false };
  const remembered = new Map<string, string>();
  let learned = 0;

  const learn = (path: string): string => {
    const segments = toTemplate(path, root);
    const known = findNode(root, segments);
    if (known?.isRoute) return toRoute(segments);
    if (learned >= max) return UNMATCHED_ROUTE;
    learned += 1;
    addNode(root, segments).isRoute = true;
    return toRoute(segments);
  };

  return (path) => {
    const found = remembered.get(path);
    if (found !== undefined) return found;
    const route = learn(path);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    if (route !== UNMATCHED_ROUTE) remembered.set(path, route);
    return route;
  };
}

/** Returns the segments of the path's template. Words stay unchanged if they are known or there is still room. */
function toTemplate(path: string, root: Node): string[] {
  const segments = templatePath(path)
    .split("/")
    .filter((segment) => segment !== "");
  let node: Node | undefined = root;
  const template: string[] = [];
  for (const segment of segments.slice(0, MAX_DEPTH)) {
    const kept = keepWord(segment, node);
    template.push(kept);
    node = node?.next.get(kept);
  }
  return segments.length > MAX_DEPTH ? [...template, "*"] : template;
}

function keepWord(segment: string, node: Node | undefined): string {
  if (OURS.has(segment)) return segment;
  if (!WORD.test(segment) || segment.length > MAX_WORD) return ":slug";
  if (node === undefined || node.next.has(segment) || node.words < MAX_WORDS) return segment;
  return ":slug";
}

function findNode(root: Node, segments: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of segments) node = node?.next.get(segment);
  return node;
}

function addNode(root: Node, segments: readonly string[]): Node {
  let node = root;
  for (const segment of segments) {
    let next = node.next.get(segment);
    if (!next) {
      next = { next: new Map(), words: 0, isRoute: false };
      node.next.set(segment, next);
      if (!OURS.has(segment)) node.words += 1;
    }
    node = next;
  }
  return node;
}

function toRoute(segments: readonly string[]): string {
  return `/${segments.join("/")}`;
}

/** Default for the maximum number of learned templates. */
const DEFAULT_LEARNED = 100;

/**
 * The maximum number of learned templates, 0 for none: the catalog's number, else 100 if no route is declared. If
 * routes are declared, an unknown path is more likely to come from a scanner than to be a forgotten route.
 */
export function learnedAtMost({ learnRoutes: learned }: Catalog, declared: readonly string[]): number {
  if (typeof learned === "object") return learned.max;
  return (learned ?? declared.length === 0) ? DEFAULT_LEARNED : 0;
}

/** Finds the route of a path: the first declared pattern that matches, else a learned template, else `unmatched`. */
export function createRouteOf(declared: readonly string[], max: number): (path: string) => string {
  const match = createRouteMatcher(declared);
  const learn = max === 0 ? () => UNMATCHED_ROUTE : learnRoutes({ max });
  return (path) => {
    const route = match(withoutParameters(path));
    // A page may report `unmatched` itself.
    return route === UNMATCHED_ROUTE && path !== UNMATCHED_ROUTE ? learn(path) : route;
  };
}
