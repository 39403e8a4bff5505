import { MAX_COUNT, MAX_NAME, MAX_STACK, MAX_TEXT, type PageEvent, webVitals } from "@rumkit/protocol";
import {
  API_FAILURES,
  BROWSERS,
  CONNECTIONS,
  DEVICES,
  ERROR_SOURCES,
  EXPERIENCES,
  INP_PARTS,
  LCP_PARTS,
  LOAD_PHASES,
  NAVIGATIONS,
  PARTIES,
} from "../metrics/labelValues.ts";
import {
  describeShape,
  isObject,
  type ObjectShape,
  type ReadField,
  readAnything,
  readDetails,
  readInteger,
  readNumber,
  readObject,
  readText,
  readWord,
} from "../http/fieldReaders.ts";
import { HIGHEST_MEASUREMENT, MAX_STEP, ONE_DAY, ONE_TEBIBYTE, TEN_MINUTES } from "./valueLimits.ts";

/**
 * Reads one event. Where `eventSchema` refuses it: the name of a field that is wrong, empty for what is no object.
 *
 * The schema is the contract and explains refusals; this is the same contract at a fortieth of its time. A
 * property test holds both to the same verdict and the same value.
 */
export function readEvent(value: unknown): PageEvent | string {
  if (!isObject(value)) return "";
  const shape = shapes.get(value["type"]);
  return shape ? (readObject(value, shape) as unknown as PageEvent | string) : "type";
}

type Fields = Readonly<Record<string, ReadField>>;

const name = readText(MAX_NAME, 1);
const seconds = readNumber(0, TEN_MINUTES);
const bytes = readNumber(0, ONE_TEBIBYTE);
const notNegative = readNumber(0, Number.MAX_VALUE);
const anyNumber = readNumber(-Number.MAX_VALUE, Number.MAX_VALUE);
const navigation = readWord(NAVIGATIONS);
const experience = readWord(EXPERIENCES);
const party = readWord(PARTIES);

const base: Fields = { route: readText(MAX_TEXT), count: readInteger(1, MAX_COUNT) };

const shapes = new Map<unknown, ObjectShape>();

/** Describes the events of some types: what each has to have, and what it may. */
function declare(types: readonly string[], required: Fields, optional: Fields = {}): void {
  const type = readWord(types);
  const shape = describeShape({ ...base, type, ...required, ...optional }, Object.keys(required));
  for (const each of types) shapes.set(each, shape);
}

declare(
  ["session_start"],
  {},
  { device: readWord(DEVICES), browser: readWord(BROWSERS), connection: readWord(CONNECTIONS) },
);
declare(["heartbeat"], {});
declare(["page_view"], {}, { navigation, experience });
declare(["visible"], { value: readNumber(0, ONE_DAY) });

declare(["click", "rage_click", "dead_click", "error_click"], { name });
declare(["form_start", "form_submit", "form_abandon"], { name });
declare(["action"], { name }, { details: readDetails });
declare(["feature"], { name });
declare(["funnel_step"], { name, step: readInteger(1, MAX_STEP) });
declare(
  ["conversion"],
  { name },
  {
    value: anyNumber,
    // A conversion counts, whatever its money is.
    amount: readAnything,
    currency: readAnything,
    experience,
    details: readDetails,
  },
);
declare(["measurement"], { name, value: readNumber(0, HIGHEST_MEASUREMENT) }, { details: readDetails });

declare(
  Object.keys(webVitals),
  { value: notNegative },
  { navigation, part: readWord([...LCP_PARTS, ...INP_PARTS]), party, element: name },
);
declare(
  ["error"],
  { source: readWord(ERROR_SOURCES), name: readText(MAX_NAME) },
  { message: readText(MAX_TEXT), stack: readText(MAX_STACK) },
);
declare(["resource_error"], { name });
declare(
  ["api_call"],
  { name: readText(MAX_TEXT, 1), value: seconds },
  { method: name, status: readInteger(100, 599), failure: readWord(API_FAILURES) },
);
declare(["page_load"], {}, { ...Object.fromEntries(LOAD_PHASES.map((phase) => [phase, seconds])), bytes });
declare(["long_task"], { value: seconds }, { party });
declare(["heap"], { value: bytes });
