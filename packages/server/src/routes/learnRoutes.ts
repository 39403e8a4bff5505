import { templatePath, UNMATCHED_ROUTE } from "@rumkit/protocol";

/** Different words at one place of a path that count as parts of the app; later words count as a parameter. */
const MAX_WORDS = 30;

/** Maximum segments of a template. Deeper segments become one `*`. */
const MAX_DEPTH = 8;

/** Maximum characters of a word. Longer ones are titles, not parts of an app. */
const MAX_WORD = 40;

/** Paths whose template is remembered: a lookup replaces a dozen regular expressions. */
const MAX_REMEMBERED = 1_000;

/**
 * Letters, digits and the separators that developers use, or a parameter in a router's notation. Any other text comes
 * from a user.
 */
const WORD = /^:?[A-Za-z0-9][\w.~-]*$/;

/** Parameters that `templatePath` writes. A place has each of them once, so they need no limit. */
const OURS: ReadonlySet<string> = new Set([":id", ":date", ":slug"]);

/** A node in the tree of the templates learned so far. */
interface Place {
  readonly next: Map<string, Place>;
  /** Different words after it. */
  words: number;
  isRoute: boolean;
}

/**
 * Learns route templates from paths that no declared route matches.
 *
 * Numbers, UUIDs, hashes and dates become parameters at once (`templatePath`). Words are kept until a place has had 30
 * different ones; from then on, a new word there becomes `:slug`. At most `max` templates are learned; a path that
 * would need one more is `unmatched`. A path keeps its template until the next start.
 */
export function learnRoutes({ max }: { readonly max: number }): (path: string) => string {
  const root: Place = { next: new Map(), words: 0, isRoute: false };
  const remembered = new Map<string, string>();
  let learned = 0;

  const learn = (path: string): string => {
    const segments = toTemplate(path, root);
    const known = findPlace(root, segments);
    if (known?.isRoute) return toRoute(segments);
    if (learned >= max) return UNMATCHED_ROUTE;
    learned += 1;
    addPlace(root, segments).isRoute = true;
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

/** The segments of the path's template. Words stay as they are if they are known or there is still room. */
function toTemplate(path: string, root: Place): string[] {
  const segments = templatePath(path)
    .split("/")
    .filter((segment) => segment !== "");
  let place: Place | undefined = root;
  const template: string[] = [];
  for (const segment of segments.slice(0, MAX_DEPTH)) {
    const kept = keepWord(segment, place);
    template.push(kept);
    place = place?.next.get(kept);
  }
  return segments.length > MAX_DEPTH ? [...template, "*"] : template;
}

function keepWord(segment: string, place: Place | undefined): string {
  if (OURS.has(segment)) return segment;
  if (!WORD.test(segment) || segment.length > MAX_WORD) return ":slug";
  if (place === undefined || place.next.has(segment) || place.words < MAX_WORDS) return segment;
  return ":slug";
}

function findPlace(root: Place, segments: readonly string[]): Place | undefined {
  let place: Place | undefined = root;
  for (const segment of segments) place = place?.next.get(segment);
  return place;
}

function addPlace(root: Place, segments: readonly string[]): Place {
  let place = root;
  for (const segment of segments) {
    let next = place.next.get(segment);
    if (!next) {
      next = { next: new Map(), words: 0, isRoute: false };
      place.next.set(segment, next);
      if (!OURS.has(segment)) place.words += 1;
    }
    place = next;
  }
  return place;
}

function toRoute(segments: readonly string[]): string {
  return `/${segments.join("/")}`;
}
