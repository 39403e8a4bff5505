import type { Catalog, HttpSpec } from "@rumkit/protocol";
import { lintBuckets } from "./lintBuckets.ts";

/** Templates that may be learned: each costs dozens of series. */
const MAX_LEARNED = 1_000;

/** Says what is wrong with how the backend's requests are to be named and counted. */
export function lintHttp({ names, status, buckets }: HttpSpec = {}): string[] {
  return [
    ...(names === undefined || names === "classic" || names === "opentelemetry"
      ? []
      : [`http.names: "${String(names)}" is neither "classic" nor "opentelemetry".`]),
    ...(status === undefined || status === "class" || status === "code"
      ? []
      : [`http.status: "${String(status)}" is neither "class" nor "code".`]),
    ...(names === "opentelemetry" && status === "class"
      ? [`http.status: OpenTelemetry's names have the exact code. Leave "class" out.`]
      : []),
    ...(buckets === undefined ? [] : lintBuckets("http", buckets)),
  ];
}

/** Says what is wrong with how many routes may be learned. */
export function lintLearned(learn: Catalog["learnRoutes"]): string[] {
  if (learn === undefined || typeof learn === "boolean") return [];
  const { max } = learn;
  return Number.isInteger(max) && max >= 1 && max <= MAX_LEARNED
    ? []
    : [`learnRoutes.max has to be a whole number from 1 to ${MAX_LEARNED}, not ${max}.`];
}
