import type { Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import type { Filter } from "../promql/scope.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";
import type { Section } from "./board.ts";

/** The part of a catalog that boards show, apart from its metrics. */
export type BoardCatalog = Pick<
  Catalog,
  "app" | "gauges" | "ingested" | "jobs" | "measurements" | "objectives"
>;

/** Everything that a board is made of. */
export interface BoardContext {
  readonly promql: Promql;
  readonly descriptors: readonly MetricDescriptor[];
  readonly catalog: BoardCatalog;
  /** The metrics of postgres_exporter, if settings name its scrape job. */
  readonly postgres?: Promql | undefined;
}

/**
 * A choice at the top of a board that narrows every metric with the label. Boards link to each other with their
 * variables, so two boards may have a variable of one name only if it has the same values.
 */
export interface BoardFilter extends Filter {
  /** The words before the choice. */
  readonly title: string;
  /** The metric whose values are offered. If it is missing, the variable is left out. */
  readonly metric: string;
}

/** A board as its file describes it: its words and its panels. */
export interface BoardSpec {
  /** In kebab-case, never changed: the end of the uid and of the file's name. */
  readonly name: string;
  /** Without the app: `Page experience`. */
  readonly title: string;
  /** One sentence: for whom it is, or which question it answers. */
  readonly description: string;
  /** The time that is shown at first: a day for what people decide by, an hour for what they operate. */
  readonly range: Duration;
  readonly refresh: Duration;
  /** Default none. Those whose metric or label no query of the board has are left out. */
  readonly filters?: readonly BoardFilter[];
  /** A section without panels is left out, and a board without sections too. */
  readonly describe: (context: BoardContext) => readonly Section[];
}
