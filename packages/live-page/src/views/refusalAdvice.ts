import {
  type DROP_REASONS,
  type ErrorAnswer,
  type EventRejection,
  eventRejections,
  type ItemRejection,
} from "@rumkit/protocol";

/** Why something was not counted, and the setting or line to change. Each is a sentence. */
export interface Advice {
  readonly why: string;
  /** Empty if there is nothing to change. */
  readonly change: string;
}

type RequestRejection = ErrorAnswer["error"]["code"];

/** By the code of an event. Its reason is the text of the protocol's documentation. */
const EVENT_CHANGES: Readonly<Record<EventRejection, string>> = {
  unknown_type: "Update the collector: the page's client is newer.",
  unknown_name: "Declare the name in catalog.ts, or mend it in the page.",
  unknown_label_value: "Add the value to the label's list in catalog.ts.",
  missing_label: "Pass each label that catalog.ts declares for the name.",
  server_only: 'Call it on the server, or remove `from: "server"` in catalog.ts.',
  bad_number: "Pass a finite number that is in the documented range.",
  bad_event: "Send it with the client of the same release, or by the fields of the protocol.",
  bad_amount: "Pass money in major units with no more decimals than the currency has.",
  bad_currency: "Pass a currency of ISO 4217 that catalog.ts lists for the conversion.",
  bad_time: "Set the clock of the server that reports it.",
};

const NEWER_CLIENT: Advice = {
  why: "This collector does not read bodies of that form.",
  change: "Use the page's client and the collector of the same release.",
};

const BAD_BODY: Advice = {
  why: "The body could not be read.",
  change: "Look for a proxy that changes bodies, or for a sender that isn't a rumkit client.",
};

const TOO_LARGE: Advice = {
  why: "The request has more than the collector reads at once.",
  change: "Send smaller batches: the limits are those of the protocol.",
};

const SLOW: Advice = {
  why: "The sender left, or its network was too slow.",
  change: "",
};

/** By the code of a request, or of an item or report in it. */
const REQUESTS: Readonly<Record<Exclude<RequestRejection | ItemRejection, EventRejection>, Advice>> = {
  empty_body: BAD_BODY,
  bad_utf8: BAD_BODY,
  bad_json: BAD_BODY,
  bad_encoding: BAD_BODY,
  unsupported_encoding: {
    why: "The body is compressed in a way that the collector does not know.",
    change: "Send it with gzip, deflate, br, or uncompressed.",
  },
  too_deep: TOO_LARGE,
  too_many_keys: TOO_LARGE,
  too_large: TOO_LARGE,
  too_large_decoded: TOO_LARGE,
  too_many_events: TOO_LARGE,
  too_many_items: TOO_LARGE,
  too_many_reports: TOO_LARGE,
  rate_limited: {
    why: "One address, or all together, sent more than the limit.",
    change: "Behind a proxy set `trustedProxies`; else raise `ratePerAddress` or `ratePerApp`.",
  },
  aborted: SLOW,
  timeout: SLOW,
  body_taken: {
    why: "Other middleware of the server had read the body.",
    change: "Mount the collector before body parsers.",
  },
  draining: { why: "The collector was about to stop. Senders try again.", change: "" },
  overload: {
    why: "More came than the collector can count. Senders try again.",
    change: "Give it more processor time, or sample in the pages.",
  },
  journal_failed: {
    why: "The journal could not be written. Senders try again.",
    change: "Look at the disk of `journal`: space, rights, errors.",
  },
  bad_idempotency_key: {
    why: "The header `Idempotency-Key` is not a key.",
    change: "Send 1 to 128 visible characters.",
  },
  id_conflict: {
    why: "The id was used before, for another body.",
    change: "Send each batch under its own id.",
  },
  bad_key: {
    why: "The page sent no write key of this collector.",
    change: "Send `/collect?key=…` with a key of `writeKeys`.",
  },
  origin_denied: {
    why: "The page's origin may not report here.",
    change: "Add the origin to `allowedOrigins`.",
  },
  unknown_app: {
    why: "The batch is of another app.",
    change: "Send it to the collector of that app, or set `app` in the catalog.",
  },
  bad_token: {
    why: "The service sent no secret of this collector.",
    change: "Send `Authorization: Bearer …` with a secret of `secretKeys`.",
  },
  bad_method: { why: "The request was not a POST.", change: "Send batches with POST." },
  bad_version: NEWER_CLIENT,
  bad_batch: NEWER_CLIENT,
  bad_batch_id: NEWER_CLIENT,
  bad_items: NEWER_CLIENT,
  bad_item: NEWER_CLIENT,
  bad_reports: NEWER_CLIENT,
  bad_report: NEWER_CLIENT,
  bad_media_type: {
    why: "The report has another media type than browsers send.",
    change: "Point only `Reporting-Endpoints` at /reports.",
  },
  no_valid_event: {
    why: "Each event of the batch was refused.",
    change: "Look at the reasons of events in this list.",
  },
};

/** By the reason for which a client did not send something. */
const DROPS: Readonly<Record<(typeof DROP_REASONS)[number], Advice>> = {
  queue_full: {
    why: "The client had no more room: the collector was away for long, or more came than is sent.",
    change: "Look whether clients reach the collector.",
  },
  oversize: { why: "It was larger than one request.", change: "Shorten its details." },
  invalid: { why: "It was not an event.", change: "Look at the warnings in the page's console." },
  refused: {
    why: "The collector refused its batch for good.",
    change: "Look at the refused requests in this list.",
  },
  expired: {
    why: "It waited for the collector too long.",
    change: "Look whether clients reach the collector.",
  },
  consent: { why: "The user has not consented.", change: "" },
  filtered: { why: "The app's `beforeSend` removed it.", change: "" },
};

/** Returns the advice for a code of a refusal. Undefined for one that this page does not know. */
export function adviceForRefusal(code: string): Advice | undefined {
  if (hasOwn(eventRejections, code))
    return { why: `The event ${eventRejections[code]}.`, change: EVENT_CHANGES[code] };
  return hasOwn(REQUESTS, code) ? REQUESTS[code] : undefined;
}

/** Returns the advice for a reason of a client. */
export function adviceForDrop(reason: string): Advice | undefined {
  return hasOwn(DROPS, reason) ? DROPS[reason] : undefined;
}

function hasOwn<Table extends object>(table: Table, key: string): key is string & keyof Table {
  return Object.hasOwn(table, key);
}
