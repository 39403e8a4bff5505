import {
  type ErrorGroups,
  linkEndsAt,
  type LiveDurations,
  type LiveFrame,
  type LiveHistory,
  type LiveLink,
  type LiveVitals,
} from "@rumkit/protocol";
import { type AlertApi, createAlertApi } from "./alertApi.ts";
import { createAsk, refusalOf } from "./requests.ts";
import { createStream } from "./stream.ts";

/** Requests of the page beside the stream. Each call returns undefined if there is no answer. */
export interface LiveApi {
  /** Figures over time. `from` and `to` in Unix seconds, `step` a multiple of 60. */
  history: (
    names: readonly string[],
    range: { from: number; to: number; step: number },
  ) => Promise<LiveHistory | undefined>;
  /** The most frequent errors. */
  errors: () => Promise<ErrorGroups | undefined>;
  /** Makes a read-only link to the page as its address says, for a day; a viewer who came by a link shares that link. */
  share: () => Promise<string | undefined>;
  /** Ends a read-only link before its time, by its address or its token. Returns why it could not; undefined if it is done. */
  endLink: (link: string) => Promise<string | undefined>;
  /** Durations of the last seconds, a multiple of ten; the heat strip of one route or of all. */
  durations: (windowSeconds: number, route: string | undefined) => Promise<LiveDurations | undefined>;
  /** The Web Vitals of the last 15 minutes, by route and by device. */
  vitals: () => Promise<LiveVitals | undefined>;
  readonly alerts: AlertApi;
  /** Opens another stream with the filter of a query. Returns the function that closes it. */
  follow: (query: string, onFrame: (frame: LiveFrame) => void) => () => void;
}

/** The token of a link, alone or in an address. */
const LINK = /\brkl1\.[\w.-]+/;

/** @param base The path of the page, without a slash at its end. */
export function createLiveApi(base: string, token: () => string | undefined): LiveApi {
  const ask = createAsk(token);
  const get = async <Answer>(path: string, method?: string): Promise<Answer | undefined> =>
    (await ask<Answer>(path, method)).value;
  return {
    history: (names, { from, to, step }) =>
      get(`${base}/history?metrics=${names.join(",")}&from=${from}&to=${to}&step=${step}`),
    errors: () => get(`${base}/errors?order=frequent&limit=100`),
    share: async () => {
      const own = token() ?? "";
      const link =
        linkEndsAt(own) === undefined ? await get<LiveLink>(`${base}/share`, "POST") : { token: own };
      // A browser never sends a fragment, so the token is in no log of a server and in no `Referer`.
      return link && `${location.origin}${location.pathname}${location.search}#token=${link.token}`;
    },
    endLink: async (link) => {
      const found = LINK.exec(link)?.[0];
      if (found === undefined) return "Paste the whole link: it ends with #token=rkl1.…";
      return refusalOf(await ask<unknown>(`${base}/share/end`, "POST", { token: found }));
    },
    durations: (windowSeconds, route) => {
      const query = new URLSearchParams({ window: String(windowSeconds), ...(route && { route }) });
      return get(`${base}/durations?${query}`);
    },
    vitals: () => get(`${base}/vitals`),
    alerts: createAlertApi(base, ask),
    follow: (query, onFrame) =>
      createStream({ url: `${base}/metrics?${query}`, token, onFrame, onConnection: () => {} }).stop,
  };
}
