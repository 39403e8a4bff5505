import {
  type AccessErrorAnswer,
  BATCH_REJECTIONS,
  type CollectAnswer,
  type ErrorAnswer,
  type ErrorGroup,
  type ErrorGroups,
  type EventRejection,
  eventRejections,
  EXACT_SESSIONS,
  type FunnelSteps,
  INGEST_REJECTIONS,
  type IngestAnswer,
  ITEM_REJECTIONS,
  type LiveDurations,
  type LiveHistory,
  type LiveLink,
  type LiveVitals,
  REPORTS_REJECTIONS,
} from "@rumkit/protocol";
import { z } from "zod";
import type { CardinalityReport } from "../exposition/seriesReport.ts";

/**
 * The schemas of answers. They are used only for the document, because our own answers need no check. The compiler
 * checks each against its type.
 */
const number = z.number().int().min(0);
const index = number.describe("The index in the request, from 0.");

const requestRejection = z.enum([...BATCH_REJECTIONS, ...INGEST_REJECTIONS, ...REPORTS_REJECTIONS]);

export const collectAnswerSchema = z.object({
  accepted: number.describe("Events that were counted."),
  rejected: z
    .array(
      z.object({
        index,
        code: z.enum(Object.keys(eventRejections) as EventRejection[]),
        message: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  bot: number.exactOptional().describe("Events of a crawler: only `rum_events_bot_total` counts them."),
  message: z
    .string()
    .exactOptional()
    .describe("The reason for which they count as a crawler's. Only from a collector in development."),
  overload: number
    .exactOptional()
    .describe("Events that an overloaded collector dropped. Do not send them again."),
  duplicate: z
    .literal(true)
    .exactOptional()
    .describe("An earlier request with this id was counted; this one was not counted again."),
}) satisfies z.ZodType<CollectAnswer>;

export const ingestAnswerSchema = z.object({
  accepted: number.describe("Counted values: an item with `count` 3 adds three."),
  rejected: z.array(z.object({ index, code: z.enum(ITEM_REJECTIONS), message: z.string() })),
  duplicate: z
    .literal(true)
    .exactOptional()
    .describe("An earlier request with this key was counted; this one was not counted again."),
}) satisfies z.ZodType<IngestAnswer>;

export const errorAnswerSchema = z.object({
  error: z.object({
    code: requestRejection,
    message: z.string(),
    issues: z.array(z.string()).exactOptional(),
  }),
}) satisfies z.ZodType<ErrorAnswer>;

export const accessErrorSchema = z.object({
  error: z.object({
    code: z.enum(["bad_token", "bad_scope", "bad_host", "link_ended", "link_revoked", "bad_link"]),
    message: z.string(),
  }),
}) satisfies z.ZodType<AccessErrorAnswer>;

/** For routes whose errors have no separate type. */
export const plainErrorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const funnelStepsSchema = z.object({
  routes: z.array(z.string()),
  funnels: z.record(z.string(), z.array(z.string())),
}) satisfies z.ZodType<FunnelSteps>;

const times = z.record(z.string(), number);

export const errorGroupsSchema = z.object({
  seen: number,
  forgotten: number,
  remembered: number,
  groups: z.array(
    z.object({
      fingerprint: z.string(),
      name: z.string(),
      message: z.string(),
      count: number,
      firstSeen: z.number(),
      lastSeen: z.number(),
      releases: times,
      routes: times,
      sources: times,
      browsers: times,
      sessions: number.describe(
        `Sessions that reported it: exact up to ${EXACT_SESSIONS}, above an estimate with a standard error of 3.3 %.`,
      ),
      stack: z.array(z.string()),
      resolved: z.boolean(),
    }) satisfies z.ZodType<ErrorGroup>,
  ),
}) satisfies z.ZodType<ErrorGroups>;

export const liveHistorySchema = z.object({
  from: number,
  to: number,
  step: number,
  source: z.enum(["collector", "prometheus"]),
  figures: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
  releases: z.array(z.object({ release: z.string(), at: z.number(), source: z.enum(["server", "page"]) })),
  gaps: z.array(z.object({ from: z.number(), to: z.number() })),
  fault: z
    .object({
      code: z.enum(["prometheus_unreachable", "prometheus_refused", "prometheus_too_large"]),
      message: z.string(),
    })
    .exactOptional(),
}) satisfies z.ZodType<LiveHistory>;

export const liveLinkSchema = z.object({
  url: z.string().describe("The address of the page with the token, relative to the address of the request."),
  token: z.string(),
  endsAt: z.int().describe("Unix milliseconds."),
}) satisfies z.ZodType<LiveLink>;

export const endedLinkSchema = z.object({
  token: z.string().describe("The token of the link: `rkl1.…`."),
}) satisfies z.ZodType<Pick<LiveLink, "token">>;

export const liveDurationsSchema = z.object({
  from: number,
  to: number,
  step: number,
  tables: z.array(
    z.object({
      metric: z.string(),
      label: z.string(),
      rows: z.array(
        z.object({
          value: z.string(),
          count: z.number(),
          p50: z.number().describe("Seconds, within 1 %."),
          p95: z.number(),
          p99: z.number(),
        }),
      ),
    }),
  ),
  heat: z
    .object({
      metric: z.string(),
      of: z.object({ label: z.string(), value: z.string() }).exactOptional(),
      bounds: z.array(z.number()).describe("Upper limits of the rows in seconds; a last row is above them."),
      columns: z.array(z.array(z.number())).describe("The observations of each step, by row."),
    })
    .nullable(),
}) satisfies z.ZodType<LiveDurations>;

export const liveVitalsSchema = z.object({
  from: number,
  to: number,
  tables: z.array(
    z.object({
      label: z.string().describe("`route` or `device`."),
      rows: z.array(
        z.object({
          value: z.string(),
          vitals: z.array(
            z.object({
              vital: z.enum(["LCP", "INP", "CLS", "FCP", "TTFB"]),
              p75: z.number().describe("Seconds, or the score of CLS, within 1 %."),
              good: z.number(),
              needsImprovement: z.number(),
              poor: z.number(),
            }),
          ),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<LiveVitals>;

export const catalogDraftSchema = z
  .looseObject({ app: z.string(), routes: z.array(z.string()) })
  .describe("A catalog, as defineCatalog takes it.");

const room = { series: number, limit: number };

export const cardinalitySchema = z.object({
  ...room,
  sides: z
    .object({ page: z.object(room), backend: z.object(room), collector: z.object(room) })
    .describe("Of metrics with open labels, without the series that the catalog declares."),
  metrics: z.array(
    z.object({
      metric: z.string(),
      ...room,
      lines: number.describe("Lines of the exposition."),
      labels: z.array(
        z.object({
          label: z.string(),
          open: z.boolean().describe("True if any value is allowed."),
          values: number.describe("Values that series have."),
          folded: number.describe("Samples that count under __other__ instead of the reported value."),
          largest: z.array(z.object({ value: z.string(), series: number })),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<CardinalityReport>;
