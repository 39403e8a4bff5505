import { type Board, refId } from "./board.ts";
import { panelsOf } from "./describeBoards.ts";

/** One query of a board. */
export interface BoardExpression {
  /** The board's name, such as `business`. */
  readonly board: string;
  /** The panel's title. */
  readonly panel: string;
  readonly refId: string;
  /** PromQL with variables: Grafana's `$__rate_interval` and `$__range`, and those of the board. */
  readonly expr: string;
}

/** Returns every query of a board, in the order of its panels. */
export function boardExpressions(board: Board): BoardExpression[] {
  return panelsOf(board).flatMap(({ panel }) =>
    panel.kind === "text"
      ? []
      : panel.queries.map(({ expression }, index) => ({
          board: board.name,
          panel: panel.title,
          refId: refId(index),
          expr: expression.text,
        })),
  );
}
