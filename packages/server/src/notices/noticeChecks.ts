import { checkDuration, checkWindow } from "../catalog/lintDuration.ts";
import { checkSecret } from "../base/secret.ts";
import {
  boolean,
  type Check,
  list,
  mustBe,
  number,
  object,
  oneOf,
  record,
  required,
  text,
} from "../base/shape.ts";
import { nearestName } from "../base/nearestName.ts";
import { faultOfMatcher } from "./matchers.ts";
import { isTimeZone, readTimeOfDay, WEEKDAYS } from "./muteTimes.ts";
import { MAX_RECEIVERS } from "./noticeMetrics.ts";

/** The names that the options about notices may use. */
export interface NoticeNames {
  readonly receivers: readonly string[];
  readonly muteTimes: readonly string[];
}

/** Checks of the keys of `NoticeOptions`, for the check of all options about alerts. */
export function noticeChecks({ receivers, muteTimes }: NoticeNames): Readonly<Record<string, Check>> {
  return {
    routes: list(checkRoute(receivers, muteTimes), { example: '[{ receivers: ["oncall"] }]' }),
    inhibit: list(checkInhibition, {
      example: '[{ source: ["alertname=ShopDown"], target: ["severity=warning"] }]',
    }),
    muteTimes: record(
      checkName,
      checkMuteTime,
      '{ nights: { zone: "Europe/Berlin", from: "22:00", to: "06:00" } }',
    ),
    maintenance: list(checkMaintenance, { example: '[{ from: "2026-12-01T02:00:00Z", to: …, why: "…" }]' }),
    maxNoticesPerHour: number("an integer from 1 to 1000", (value) => isIntegerWithin(value, 1, 1_000)),
    flapping: object(
      {
        changes: required(
          number("an integer from 4 to 100", (value) => isIntegerWithin(value, 4, 100)),
          "the changes after which an alert flaps, e.g. 6",
        ),
        within: required(checkWindow, 'the time in which they happen, e.g. "10m"'),
      },
      { example: '{ changes: 6, within: "10m" }' },
    ),
    heartbeat: object(
      { url: required(checkSecret, "the address of the watcher"), every: checkWindow },
      { example: '{ url: { env: "HEARTBEAT_URL" }, every: "1m" }' },
    ),
  };
}

/** Checks the number of receivers, which is the bound of the metrics about them. */
export const checkReceiverCount: Check = (value, path, faults) => {
  const { length } = Object.keys(value as object);
  if (length > MAX_RECEIVERS)
    faults.add(path, `has ${length} receivers. At most ${MAX_RECEIVERS} are possible.`);
};

const checkMatcher: Check = (value, path, faults) => {
  if (typeof value !== "string") return faults.add(path, mustBe('a text, e.g. "severity=critical"', value));
  const fault = faultOfMatcher(value);
  if (fault !== undefined) faults.add(path, `${fault}.`);
};

const matchers = list(checkMatcher, { example: '["severity=critical"]' });
const someMatchers = list(checkMatcher, { example: '["severity=critical"]', least: 1 });

function checkRoute(receivers: readonly string[], muteTimes: readonly string[]): Check {
  return object(
    {
      match: matchers,
      receivers: required(
        list(knownName("receiver", receivers), { example: '["oncall"]', least: 1 }),
        'the names of receivers, e.g. ["oncall"]',
      ),
      groupBy: list(text('"alertname"'), { example: '["alertname"]' }),
      groupWait: checkDuration,
      groupInterval: checkDuration,
      repeatInterval: checkWindow,
      muteTimes: list(knownName("mute time", muteTimes), { example: '["nights"]' }),
      continue: boolean,
    },
    { example: '{ match: ["severity=critical"], receivers: ["oncall"] }' },
  );
}

const checkInhibition = object(
  {
    source: required(someMatchers, 'the matchers of the alert that inhibits, e.g. ["alertname=ShopDown"]'),
    target: required(someMatchers, 'the matchers of those without notices, e.g. ["severity=warning"]'),
    equal: list(text('"app"'), { example: '["app"]' }),
  },
  { example: '{ source: ["alertname=ShopDown"], target: ["severity=warning"] }' },
);

const checkName: Check = (value, path, faults) => {
  if (typeof value !== "string" || !/^[\w-]{1,64}$/.test(value)) {
    faults.add(path, "must have a name of 1 to 64 letters, digits, _ and -.");
  }
};

const checkZone: Check = (value, path, faults) => {
  if (typeof value === "string" && isTimeZone(value)) return;
  const meant =
    typeof value === "string" ? nearestName(value, Intl.supportedValuesOf("timeZone")) : undefined;
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  faults.add(path, mustBe('an IANA time zone, e.g. "Europe/Berlin"', value) + hint);
};

const checkTimeOfDay =
  (latest: number): Check =>
  (value, path, faults) => {
    const minutes = typeof value === "string" ? readTimeOfDay(value) : undefined;
    if (minutes !== undefined && minutes <= latest) return;
    faults.add(
      path,
      mustBe(`a time of the day as HH:MM, from "00:00" to "${latest === 1440 ? "24:00" : "23:59"}"`, value),
    );
  };

const checkMuteTime = object(
  {
    zone: required(checkZone, 'an IANA time zone, e.g. "Europe/Berlin"'),
    days: list(oneOf(WEEKDAYS), { example: '["sat", "sun"]', least: 1 }),
    from: required(checkTimeOfDay(1439), 'a time of the day, e.g. "22:00"'),
    to: required(checkTimeOfDay(1440), 'a time of the day, e.g. "06:00"'),
  },
  {
    example: '{ zone: "Europe/Berlin", from: "22:00", to: "06:00" }',
    together: ({ from, to }, path, faults) => {
      if (from === to) faults.add(path, 'begins when it ends. For whole days write from "00:00" to "24:00".');
    },
  },
);

/** With a zone, because a server and the people who plan the work may have different ones. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

const checkMoment: Check = (value, path, faults) => {
  if (typeof value === "string" && ISO.test(value) && !Number.isNaN(Date.parse(value)) && isRealDay(value))
    return;
  faults.add(path, mustBe('a time in ISO 8601 with its zone, e.g. "2026-12-01T02:00:00Z"', value));
};

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isRealDay(moment: string): boolean {
  const day = moment.slice(0, 10);
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}

const checkMaintenance = object(
  {
    from: required(checkMoment, 'when it begins, e.g. "2026-12-01T02:00:00Z"'),
    to: required(checkMoment, 'when it ends, e.g. "2026-12-01T04:00:00Z"'),
    match: matchers,
    why: required(text('"Move of the database"'), "the reason, for those who see no notices"),
  },
  {
    example: '{ from: "2026-12-01T02:00:00Z", to: "2026-12-01T04:00:00Z", why: "Move of the database" }',
    together: ({ from, to }, path, faults) => {
      if (Date.parse(String(to)) <= Date.parse(String(from))) faults.add(path, "must end after it begins.");
    },
  },
);

function knownName(kind: string, names: readonly string[]): Check {
  return (value, path, faults) => {
    if (typeof value === "string" && names.includes(value)) return;
    const meant = typeof value === "string" ? nearestName(value, names) : undefined;
    const known = names.length === 0 ? "There is none." : `Known: ${names.join(", ")}.`;
    const hint = meant === undefined ? known : `Did you mean "${meant}"?`;
    faults.add(path, `${mustBe(`the name of a ${kind}`, value)} ${hint}`);
  };
}

function isIntegerWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
