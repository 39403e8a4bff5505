import { z } from "zod";
import { choice, list, optional, secret, text, toggle, whole } from "./settingForms.ts";

/** One mebibyte: below it a spool is full after a few batches. */
const LEAST_SPOOL_BYTES = 1_048_576;

/** A hundred million take 3 GB of memory, and a start reads them for a minute. */
const MOST_IDS = 100_000_000;

const MOST_PARTITIONS = 1_024;

/** The settings of a process that shares its work with others over a log. */
export const clusterSettings = {
  rememberedIds: whole(1_000, MOST_IDS, {
    default: 500_000,
    help: "ids that the journal remembers of pages, and of services, until it forgets older ones sooner than after 72 h",
  }),
  role: choice(["all", "edge", "aggregate", "live"], {
    default: "all",
    help: "the work of this process: all of it, or a share over a log",
  }),
  broker: optional({
    ...secret({ help: "address of the log that the other roles share" }),
    values: "an address",
    schema: z
      .string()
      .refine(isBrokerUrl, "is not an address such as nats://10.0.0.5:4222, redis://… or kafka://…"),
  }),
  brokerPartitions: optional(
    whole(1, MOST_PARTITIONS, {
      unset: "as the log has them, 12 for a new one",
      help: "partitions of the log, the same for all processes",
    }),
  ),
  brokerMonitor: list(
    z.string().refine(isWebUrl, "is not an address such as http://10.0.0.5:8222"),
    "addresses",
    {
      default: [],
      help: "addresses where NATS tells its settings, one per server",
    },
  ),
  name: optional({
    ...text("letters, digits and -", {
      help: "name of an aggregator or live process, the same after a restart",
    }),
    schema: z.string().regex(/^[a-z0-9-]{1,63}$/i, "must be 1 to 63 letters, digits and -"),
  }),
  spool: text("path", {
    default: "./rumkit.spool",
    help: "folder of an edge for what it accepts while the log is away",
  }),
  maxSpoolBytes: whole(LEAST_SPOOL_BYTES, Number.MAX_SAFE_INTEGER, {
    default: 1_073_741_824,
    help: "bytes of that folder, beyond which an edge answers 503",
  }),
  allowUnsafeBroker: toggle({
    default: false,
    help: "start with a log that can lose acknowledged messages",
  }),
};

function isBrokerUrl(url: string): boolean {
  return /^(?:nats|tls|rediss?|kafka):\/\/[^/?#]/.test(url);
}

function isWebUrl(url: string): boolean {
  return ["http:", "https:"].includes(URL.parse(url)?.protocol ?? "");
}
