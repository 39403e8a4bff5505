import { type Answer, type HttpNames, OTHER_METHOD } from "../metrics/httpNames.ts";
import { METHODS } from "../metrics/labelValues.ts";
import type { Exemplar } from "../metrics/sample.ts";
import type { Child, ChildOf } from "./child.ts";

/** Of requests and answers without a body, 0. */
type Bytes = number;

/** Until the moment that is meant; none for what lasts as long as its reader likes. */
type Seconds = number | undefined;

/** Counts requests. Costs table lookups: every label set and its series are kept. */
export interface HttpRecorder {
  /** The method as a label: scanners invent others, which would be series. */
  readonly methodOf: (method: string | undefined) => string;
  readonly enter: (method: string, scheme: Answer["scheme"]) => void;
  readonly leave: (method: string, scheme: Answer["scheme"]) => void;
  /** The headers were sent, or the client left before. Called once for each request. */
  readonly answered: (answer: Answer, requestBytes: Bytes, untilHeaders: Seconds, trace?: Exemplar) => void;
  /** The last byte was sent, or the client left before. Not called for what never ends by itself. */
  readonly sent: (answer: Answer, responseBytes: Bytes, seconds: number, trace?: Exemplar) => void;
  /** Shows how many requests are being answered: asked for at a scrape, because it changes too often. */
  readonly showInFlight: () => void;
}

/** The series of one label set, each found when it is first counted: an empty histogram costs as much as a full one. */
interface Kept {
  requests: Child | undefined;
  duration: Child | undefined;
  headers: Child | undefined;
  requestSize: Child | undefined;
  responseSize: Child | undefined;
}

/** Label sets that are kept at most: past the bound of the families nothing new is worth keeping. */
const MAX_KEPT = 4_000;

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

export function createHttpRecorder(childOf: ChildOf, names: HttpNames): HttpRecorder {
  const overall = childOf(names.durationInDetail, {});
  const keep = createKept();
  const inFlight = createInFlight(names, childOf);

  const detailOf = names.answersApart ? names.answer : names.endpoint;

  return {
    ...inFlight,
    methodOf: (method = "") => (KNOWN_METHODS.has(method) ? method : OTHER_METHOD),
    answered: (answer, requestBytes, untilHeaders, trace) => {
      const kept = keep(answer);
      if (names.requests !== undefined) {
        kept.requests ??= childOf(names.requests, names.answer(answer));
        kept.requests.add(1, trace);
      }
      if (untilHeaders !== undefined) {
        kept.headers ??= childOf(names.headers, names.endpoint(answer));
        kept.headers.add(untilHeaders, trace);
      }
      if (requestBytes > 0) {
        kept.requestSize ??= childOf(names.requestSize, detailOf(answer));
        kept.requestSize.add(requestBytes);
      }
    },
    sent: (answer, responseBytes, seconds, trace) => {
      const kept = keep(answer);
      kept.duration ??= childOf(names.duration, detailOf(answer));
      kept.duration.add(seconds, trace);
      overall.add(seconds, trace);
      if (responseBytes > 0) {
        kept.responseSize ??= childOf(names.responseSize, detailOf(answer));
        kept.responseSize.add(responseBytes);
      }
    },
  };
}

/** Finds what is kept of an answer, by three table lookups. */
function createKept(): (answer: Answer) => Kept {
  const byMethod = new Map<string, Map<string, Map<number, Kept>>>();
  let size = 0;
  return ({ method, scheme, route, status }) => {
    // The scheme hardly ever changes, but a proxy may speak both.
    const key = scheme === "https" ? -status : status;
    const found = byMethod.get(method)?.get(route)?.get(key);
    if (found) return found;
    const kept: Kept = {
      requests: undefined,
      duration: undefined,
      headers: undefined,
      requestSize: undefined,
      responseSize: undefined,
    };
    if (size >= MAX_KEPT) return kept;
    size += 1;
    const byRoute = byMethod.get(method) ?? new Map<string, Map<number, Kept>>();
    const byStatus = byRoute.get(route) ?? new Map<number, Kept>();
    byMethod.set(method, byRoute.set(route, byStatus.set(key, kept)));
    return kept;
  };
}

function createInFlight(
  names: HttpNames,
  childOf: ChildOf,
): Pick<HttpRecorder, "enter" | "leave" | "showInFlight"> {
  let all = 0;
  const byLabels = new Map<string, { readonly child: Child; value: number }>();
  const change = (method: string, scheme: Answer["scheme"], by: 1 | -1): void => {
    all += by;
    if (names.inFlightLabels.length === 0) return;
    const key = `${method} ${scheme}`;
    const found = byLabels.get(key);
    if (found) found.value += by;
    else
      byLabels.set(key, {
        child: childOf(names.inFlight, names.inFlightOf(method, scheme)),
        value: by,
      });
  };
  return {
    enter: (method, scheme) => change(method, scheme, 1),
    leave: (method, scheme) => change(method, scheme, -1),
    showInFlight: () => {
      if (names.inFlightLabels.length === 0) childOf(names.inFlight, {}).add(all);
      for (const { child, value } of byLabels.values()) child.add(value);
    },
  };
}
