/** Reports of browsers, declared a second time, with zod: the collector's reader must accept and refuse the same. */
import { MAX_TEXT } from "@rumkit/protocol";
import { z } from "zod";

const text = z.string().overwrite((value) => value.slice(0, MAX_TEXT).toWellFormed());

/** A report of the Reporting API. */
export const reportSchema = z.object({
  type: text,
  url: text,
  body: z.record(z.string(), z.unknown()).nullish(),
});
