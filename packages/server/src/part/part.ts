import type { Catalog, LiveAlertState } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import type { AnswerRequest, CollectRequest } from "../http/collectRequest.ts";
import type { Journal } from "../journal/journal.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { BasedPath, BasePaths } from "./basePaths.ts";

/** A scope of a token: see `access`. */
type RouteScope = "metrics" | "live" | "alerts" | "admin";

/** The path is as Hono writes it: `/assets/:file`. A slash at its end changes nothing. */
interface RoutePlace extends BasedPath {
  readonly method: "ALL" | "GET" | "OPTIONS" | "POST" | "PUT";
}

/** A route whose answers have all the headers that they need, and that checks its senders itself. */
interface AnswerRoute extends RoutePlace {
  readonly answer: AnswerRequest;
}

interface HandlerRoute extends RoutePlace {
  readonly handler: Handler;
  /** The scope that a token needs once `access` is given. Default none: everyone may read it. */
  readonly scope?: RouteScope;
  /** True if a read-only link to the live page opens it, too. Default false. */
  readonly isShared?: boolean;
}

export type PartRoute = AnswerRoute | HandlerRoute;

/** The check `spool` of `/readyz`, of an edge: where it keeps what it accepts while the log is away. */
export interface SpoolCheck {
  /** False while messages that the log does not take are refused. */
  readonly ok: boolean;
  /**
   * `empty`: messages go to the log. `in_use`: they go through the spool, because the log is or was away. `full`,
   * `unwritable`: the log does not take them, and the spool cannot.
   */
  readonly state: "empty" | "in_use" | "full" | "unwritable";
  readonly bytes?: number;
  readonly maxBytes?: number;
  /** The reason of `unwritable`: `disk_full` or `io_error`. */
  readonly failing?: string;
}

/** A running part of a collector. Parts do not depend on each other's order, neither when they run nor at the end. */
export interface Part {
  readonly routes?: readonly PartRoute[];
  /** False while the collector should get no more requests because of this part. Default true. */
  readonly isReady?: () => boolean;
  /** The state of the spool, if the part has one. It is not ready while that is not ok. */
  readonly spoolCheck?: () => SpoolCheck;
  /** Records the gauges of the part. Runs once per second, and before each scrape. */
  readonly show?: (() => void) | undefined;
  /** Runs once per second, after the gauges of all parts. */
  readonly tick?: (() => void) | undefined;
  /** Runs once per second, after `tick` of all parts: shows people what was recorded. */
  readonly publish?: (() => void) | undefined;
  /** Runs as soon as `stop` is called, to stop observing the process. */
  readonly leave?: (() => void) | undefined;
  /** Closes it when open requests are answered. The journal still keeps what it counts. */
  readonly close?: (() => Promise<void> | void) | undefined;
  /** Runs after all parts are closed, even after a failure. */
  readonly release?: (() => void) | undefined;
}

/** The collector, as its parts see it. */
export interface PartContext {
  /** The catalog of the options, or its replacement. */
  readonly catalog: Catalog;
  readonly recorder: Recorder;
  readonly journal: Journal;
  /** The paths below which the live page and the API are. */
  readonly paths: BasePaths;
  /** The sender of a request for limits, behind trusted proxies if any; undefined if it is unknown. */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  /** Returns true if a request opens a scope. A request that does not is neither refused nor counted. */
  readonly opens: (scope: RouteScope) => (c: Context) => boolean;
  /** Returns the name of a request's token; undefined without a token. */
  readonly nameOf: (c: Context) => string | undefined;
  /** True once the end is announced: `drain` or `stop`. */
  readonly isDraining: () => boolean;
  /** True while every part is ready. */
  readonly areReady: () => boolean;
  /** The state of the spool; undefined without the role edge. */
  readonly spoolCheck: () => SpoolCheck | undefined;
  /** Records the gauges of all parts, as before a scrape. */
  readonly showAll: () => void;
  /** Sets the state of the alerts in live frames, from the next second on. Without a call frames have none. */
  readonly showAlerts: (state: LiveAlertState) => void;
}

/** The place of a collector among those that share a log. */
export interface ClusterPlace {
  readonly role: "edge" | "aggregate" | "live";
  /** Partitions of the log. */
  readonly partitions: number;
}

/** A part of every collector as one object: the metrics about its work, and how it starts. */
export interface PartDefinition<Options = object> {
  /**
   * Describes its metrics. They must be described before anything can be counted. `place` is undefined for a collector
   * that shares no log.
   */
  readonly describe?: (catalog: Catalog, place?: ClusterPlace) => MetricDescriptor[];
  /** Starts it. Undefined for a room that needs the product of another one: `createParts` connects the two. */
  readonly start?: (context: PartContext, options: Options) => Part;
}
