import type { BoardSpec } from "./boardSpec.ts";

/** For figures that people decide by: a day, every minute. */
export const BUSINESS_TIME: Pick<BoardSpec, "range" | "refresh"> = { range: "24h", refresh: "1m" };

/** For what people operate: an hour, with fresh values. */
export const OPERATIONS_TIME: Pick<BoardSpec, "range" | "refresh"> = { range: "1h", refresh: "30s" };
