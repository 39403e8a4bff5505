import { z } from "zod";
import type { Readiness } from "../health/readiness.ts";
import { JOURNAL_FAILURES } from "../journal/journalMetrics.ts";

const number = z.number().int().min(0);

export const healthSchema = z.object({ status: z.literal("alive") });

export const readinessSchema = z.object({
  status: z.enum(["ready", "not_ready", "draining"]),
  checks: z.object({
    journal: z.object({
      ok: z.boolean(),
      durable: z.boolean(),
      pendingEntries: number.exactOptional().describe("Entries that are not durable yet."),
      waitingMs: number.exactOptional().describe("Milliseconds since the oldest of them arrived."),
      failing: z.enum(JOURNAL_FAILURES).exactOptional().describe("The reason why nothing can be stored."),
    }),
    disk: z
      .object({ ok: z.boolean(), freeBytes: z.number().min(0).exactOptional() })
      .exactOptional()
      .describe("Missing for a journal without a disk."),
    series: z.object({ ok: z.boolean(), used: number.exactOptional(), limit: number.exactOptional() }),
    spool: z
      .object({
        ok: z.boolean(),
        state: z
          .enum(["empty", "in_use", "full", "unwritable"])
          .describe("in_use: the log is or was away, and the spool takes over. full, unwritable: it cannot."),
        bytes: number.exactOptional(),
        maxBytes: number.exactOptional(),
        failing: z.string().exactOptional().describe("The reason why its disk cannot be written."),
      })
      .exactOptional()
      .describe("Of an edge only."),
  }),
}) satisfies z.ZodType<Readiness>;
