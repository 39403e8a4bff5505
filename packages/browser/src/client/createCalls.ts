import type { PageEvent } from "@rumkit/protocol";
import { MAX_DESCRIBED_ERRORS, MAX_ERROR_KINDS } from "../limits.ts";
import type { SourceContext } from "../source.ts";
import { describeError } from "./describeError.ts";
import { wireDetails } from "./wireDetails.ts";

/** What an app calls, before types: a caller without a compiler may pass anything. */
type Calls = Pick<SourceContext, "trackError" | "trackPageView"> &
  Record<
    "trackAction" | "trackConversion" | "trackFeature" | "measure",
    (name: unknown, ...rest: unknown[]) => void
  >;

/** What sources know of the place where the user is. */
type Place = Pick<SourceContext, "path" | "record" | "route" | "routeOf">;

/** Turns calls into events of the route. What is no event of its kind the collector refuses, and counts by reason. */
export function createCalls(
  options: SourceContext["options"],
  guard: SourceContext["guard"],
  recordEvent: (event: PageEvent) => void,
): [Calls, Place] {
  const { path = ({ pathname }) => pathname, route: nameRoute = String } = options;
  const kinds = new Map<string, number>();
  const seenErrors = new WeakSet();
  let viewed: string | undefined;

  const routeOf = (of: string): string => guard(nameRoute)(of) || of;
  const route = (): string => viewed ?? routeOf(path(location));
  function record(event: object, of = route()): void {
    recordEvent({ ...event, route: of } as PageEvent);
  }

  /** A call with a name, a number or not, and details or not. */
  const track =
    (type: string) =>
    (name: unknown, value?: unknown, details?: unknown): void =>
      typeof value === "number"
        ? record({ type, name, value, details: wireDetails(details) })
        : record({ type, name, details: wireDetails(value) });

  const calls: Calls = {
    trackAction: track("action"),
    trackConversion: track("conversion"),
    trackFeature: track("feature"),
    measure: track("measurement"),
    trackPageView(of, navigation = (viewed && "soft") as "soft" | undefined) {
      kinds.clear();
      record({ type: "page_view", navigation }, (viewed = of));
    },
    trackError(error, { source = "handled", componentStack = "" } = {}) {
      if (Object(error) === error) {
        if (seenErrors.has(error as object)) return;
        seenErrors.add(error as object);
      }
      const [name, message, own, outer] = describeError(error, componentStack) as [
        string,
        string,
        string,
        string,
      ];
      // React's begins with a new line.
      const stack = own + outer;
      // By where it was thrown, whatever the message says.
      const kind = name + (stack.replace(message, "") || message);
      const count = kinds.get(kind) ?? (kinds.size >= MAX_ERROR_KINDS ? MAX_DESCRIBED_ERRORS : 0);
      if (count < MAX_DESCRIBED_ERRORS) kinds.set(kind, count + 1);
      record({
        type: "error",
        // The address of a script that a browser extension brought: Chromium, Firefox, Safari.
        source: /-extension:/.test(stack) ? "extension" : source,
        name,
        ...(count < MAX_DESCRIBED_ERRORS && { message, stack }),
      });
    },
  };
  return [calls, { path, record, route, routeOf }];
}
