import type { Answer, HttpNames } from "../catalog/httpNames.ts";
import { METHODS } from "../metrics/labelValues.ts";
import type { Exemplar } from "../metrics/sample.ts";
import type { Child, ChildOf } from "./child.ts";

/** For requests and answers without a body, 0. */
type Bytes = number;

/** Seconds until the event; none for an answer that lasts as long as its reader likes. */
type Seconds = number | undefined;

/** The number of requests in progress that have the same labels. */
export interface InFlight {
  value: number;
}

/** The series of one kind of answer: found once for a request, counted in several times. */
export interface AnswerSeries {
  /** The headers were sent, or the client left before. Called once for each request. */
  answered(requestBytes: Bytes, untilHeaders: Seconds, trace?: Exemplar): void;
  /** The last byte was sent, or the client left before. Not called for an answer that does not end by itself. */
  sent(responseBytes: Bytes, seconds: number, trace?: Exemplar): void;
}

/** Counts requests. Costs table lookups: every label set and its series are kept. */
export interface HttpRecorder {
  /** Returns the method as a label: scanners invent others, which would be series. */
  readonly methodOf: (method: string | undefined) => string;
  /** Returns the counter of a request in progress: one more when it comes, one less when it ends. */
  readonly inFlightOf: (method: string, scheme: Answer["scheme"]) => InFlight;
  readonly seriesOf: (
    method: string,
    scheme: Answer["scheme"],
    route: string,
    status: Answer["status"],
  ) => AnswerSeries;
  /** Shows the number of requests in progress. Called at a scrape, because the number changes too often. */
  readonly showInFlight: () => void;
}

/** Label sets that are kept at most: past the limit of the families a new one is not worth keeping. */
const MAX_KEPT = 4_000;

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

export function createHttpRecorder(childOf: ChildOf, names: HttpNames): HttpRecorder {
  const overall = childOf(names.durationInDetail, {});
  return {
    ...createInFlight(names, childOf),
    methodOf: (method = "") => (KNOWN_METHODS.has(method) ? method : names.otherMethod),
    seriesOf: createKept((answer) => createAnswerSeries(answer, overall, names, childOf)),
  };
}

/** Each series is found when it is first counted: an empty histogram takes as much memory as a full one. */
function createAnswerSeries(
  answer: Answer,
  overall: Child,
  names: HttpNames,
  childOf: ChildOf,
): AnswerSeries {
  const detail = names.answersApart ? names.answer(answer) : names.endpoint(answer);
  const requests = names.requests === undefined ? undefined : childOf(names.requests, names.answer(answer));
  let duration: Child | undefined;
  let headers: Child | undefined;
  let requestSize: Child | undefined;
  let responseSize: Child | undefined;
  return {
    answered: (requestBytes, untilHeaders, trace) => {
      requests?.add(1, trace);
      if (untilHeaders !== undefined) {
        headers ??= childOf(names.headers, names.endpoint(answer));
        headers.add(untilHeaders, trace);
      }
      if (requestBytes > 0) {
        requestSize ??= childOf(names.requestSize, detail);
        requestSize.add(requestBytes);
      }
    },
    sent: (responseBytes, seconds, trace) => {
      duration ??= childOf(names.duration, detail);
      duration.add(seconds, trace);
      overall.add(seconds, trace);
      if (responseBytes > 0) {
        responseSize ??= childOf(names.responseSize, detail);
        responseSize.add(responseBytes);
      }
    },
  };
}

/** Finds what is kept of an answer, by three table lookups. */
function createKept(create: (answer: Answer) => AnswerSeries): HttpRecorder["seriesOf"] {
  const byMethod = new Map<string, Map<string, Map<number, AnswerSeries>>>();
  let size = 0;
  return (method, scheme, route, status) => {
    // The scheme hardly ever changes, but a proxy may use both. An unanswered request has no status.
    const key = scheme === "https" ? -1 - status : status;
    const found = byMethod.get(method)?.get(route)?.get(key);
    if (found) return found;
    const made = create({ method, scheme, route, status });
    if (size >= MAX_KEPT) return made;
    size += 1;
    const byRoute = byMethod.get(method) ?? new Map<string, Map<number, AnswerSeries>>();
    const byStatus = byRoute.get(route) ?? new Map<number, AnswerSeries>();
    byMethod.set(method, byRoute.set(route, byStatus.set(key, made)));
    return made;
  };
}

function createInFlight(
  names: HttpNames,
  childOf: ChildOf,
): Pick<HttpRecorder, "inFlightOf" | "showInFlight"> {
  if (names.inFlightLabels.length === 0) {
    const all: InFlight = { value: 0 };
    return { inFlightOf: () => all, showInFlight: () => childOf(names.inFlight, {}).add(all.value) };
  }
  const byScheme = { http: new Map<string, InFlight>(), https: new Map<string, InFlight>() };
  return {
    inFlightOf: (method, scheme) => {
      const found = byScheme[scheme].get(method);
      if (found) return found;
      const made: InFlight = { value: 0 };
      byScheme[scheme].set(method, made);
      return made;
    },
    showInFlight: () => {
      for (const scheme of ["http", "https"] as const) {
        for (const [method, { value }] of byScheme[scheme])
          childOf(names.inFlight, names.inFlightOf(method, scheme)).add(value);
      }
    },
  };
}
