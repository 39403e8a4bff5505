import type { Answer, HttpNames } from "../catalog/httpNames.ts";
import { METHODS } from "../metrics/labelValues.ts";
import type { Exemplar } from "../metrics/sample.ts";
import type { Child, ChildOf } from "../metrics/recorder.ts";

/** Bytes of a body; 0 without a body. */
type Bytes = number;

/** Seconds until the event; undefined for a stream that lasts as long as its client wants. */
type Seconds = number | undefined;

/** The number of requests in progress that have the same labels. */
export interface InFlight {
  value: number;
}

/** The series of one kind of answer, which are looked up once per request and counted several times. */
export interface AnswerSeries {
  /** Call it once for each request, when the headers were sent or the client left before. */
  answered(requestBytes: Bytes, untilHeaders: Seconds, trace?: Exemplar): void;
  /** Call it when the last byte was sent or the client left before. Do not call it for an endless stream. */
  sent(responseBytes: Bytes, seconds: number, trace?: Exemplar): void;
}

/** Counts requests. Each costs only lookups, because label sets and their series are cached. */
export interface HttpRecorder {
  /** Returns the label value of a method. Invented methods of scanners share one value. */
  readonly methodOf: (method: string | undefined) => string;
  /** Returns the number of requests in progress. Increment it when a request arrives, decrement it when it ends. */
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

/** Maximum cached label sets. Beyond the limit of the families, caching a new one has no use. */
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

/** Looks each series up when it is first counted, because an empty histogram takes as much memory as a full one. */
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

/** Creates a cache that takes three lookups per answer. */
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
