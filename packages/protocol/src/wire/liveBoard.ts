import type { WebVitalName } from "../values/webVitals.ts";
import type { LiveUnit } from "./live.ts";
import type { LiveAlertState } from "./liveAlerts.ts";

/**
 * Everything that the live page shows apart from its figures. A list is empty if the catalog declares nothing for it
 * or nothing was counted. Changes at most once per second.
 */
export interface LiveBoard {
  day: LiveDay;
  comparisons: LiveComparison[];
  vitals: LiveVital[];
  funnels: LiveFunnel[];
  /** The routes with the most page views, most first. */
  routes: LiveRouteRow[];
  /** Null while there are too few sessions to compare. */
  experience: LiveExperience | null;
  objectives: LiveObjective[];
  /** Oldest first. */
  releases: LiveRelease[];
  /** Oldest first. */
  gaps: LiveGap[];
  /** Left out while the collector evaluates no alerts. */
  alerts?: LiveAlertState;
  /** The cards and charts of the catalog. Left out if it declares none. */
  layout?: LiveLayout;
}

/** The content of the first view, as the catalog declares it. Each part is left out if it is not declared. */
export interface LiveLayout {
  cards?: LiveCard[];
  charts?: LiveChart[];
  activity?: LiveActivity;
}

/** A number. Its values for each value of a label are the figures with `partOf`. */
export interface LiveCard {
  title: string;
  /** The figure's name. */
  figure: string;
  /** The name of the figure of the whole, of which `figure` is a part. */
  outOf?: string;
}

/** A chart of a figure over time, or of its parts now. */
export interface LiveChart extends LiveCard {
  as: "line" | "bars";
  /** The label whose values are drawn separately. */
  by?: string;
}

/** A table of the last events. */
export interface LiveActivity {
  title: string;
  /** As the events of the tail. */
  events: { type: string; name: string }[];
  /** Labels and attributes with a column each. Empty: all in one column. */
  columns: string[];
}

/** The day of the figures with `period: "today"`. */
export interface LiveDay {
  /** Midnight in the collector's time zone, in milliseconds since 1970. */
  start: number;
  /** The time since which the collector counts the day, as milliseconds since 1970: `start`, or later. */
  since: number;
}

/** A figure, compared with the same time of earlier days. */
export interface LiveComparison {
  /** The figure's name. */
  figure: string;
  /** The end of the last complete minute, up to which the days are compared, in milliseconds since 1970. */
  at: number;
  /** The figure up to then, in its unit. Null without any value, here and below. */
  today: number | null;
  /** The figure at the same time of day. Null as well if more than a tenth of that time was not counted. */
  yesterday: number | null;
  lastWeek: number | null;
  /** The highest total of a stored earlier day. Missing for a figure that is not a total. */
  record?: { value: number; /** Midnight of that day, in milliseconds since 1970. */ day: number };
}

/** The ratings of one Core Web Vital. */
export interface LiveVital {
  vital: WebVitalName;
  /** The name of its figure. */
  figure: string;
  windowSeconds: number;
  good: number;
  needsImprovement: number;
  poor: number;
}

/** The sessions that reached each step of a funnel. */
export interface LiveFunnel {
  funnel: string;
  windowSeconds: number;
  steps: {
    /** The step, as in the catalog: `action:add_to_cart`. */
    event: string;
    sessions: number;
    /** The ratio of this step's sessions to the first step's, 0 to 1. Null without sessions, or for the first step. */
    ofFirst: number | null;
    /** The ratio of this step's sessions to the previous step's. */
    ofPrevious: number | null;
  }[];
}

/** One route of the pages. */
export interface LiveRouteRow {
  route: string;
  windowSeconds: number;
  views: number;
  errors: number;
  /** Seconds. Null without an observation. */
  lcpP75: number | null;
}

/** The cost of slow pages: the primary conversion by the experience of its session. */
export interface LiveExperience {
  /** The name of the conversion. */
  conversion: string;
  windowSeconds: number;
  rows: {
    experience: "good" | "needs_improvement" | "poor";
    /** Sessions that reached this rating. */
    sessions: number;
    conversions: number;
    /** `conversions / sessions`. */
    rate: number;
  }[];
}

/** An objective of the catalog, measured by the live windows. */
export interface LiveObjective {
  /** The objective's name in the catalog. */
  objective: string;
  title: string;
  unit: LiveUnit;
  windowSeconds: number;
  /** The measured share. Null while there are too few observations. */
  value: number | null;
  /** The limit of the catalog, in `unit`. */
  target: number;
  /** The side of the target that is good. */
  goodIf: "at_least" | "below";
  observations: number;
  /** Undefined while it is met. */
  missed?: {
    /** When it was first missed, in milliseconds since 1970. */
    since: number;
    /** The last release before that, if it was seen in the hour before. */
    release?: string;
    /** Seconds between the first sight of that release and `since`. */
    secondsAfterRelease?: number;
  };
}

/** A release of the app, with the time when it was first seen. */
export interface LiveRelease {
  release: string;
  /** Milliseconds since 1970. */
  at: number;
  /** `server`: the collector's own. `page`: pages reported it. */
  source: "server" | "page";
}

/** A time in which the collector did not run. */
export interface LiveGap {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}
