import type { ConstantVariable, QueryVariable, Variable } from "../boards/board.ts";
import { DATASOURCE } from "./query.ts";
import type { ClassicVariable } from "./sdk.ts";

/** Renders a variable for the classic model. */
export function renderClassicVariable(variable: Variable): ClassicVariable {
  switch (variable.kind) {
    case "datasource":
      return DATASOURCE_VARIABLE;
    case "constant":
      return renderConstant(variable);
    case "query":
      return renderQuery(variable);
  }
}

const DATASOURCE_VARIABLE: ClassicVariable = {
  name: "datasource",
  label: "Data Source",
  type: "datasource",
  query: "prometheus",
  current: { text: "", value: "" },
  options: [],
  multi: false,
  includeAll: false,
  hide: 0,
  refresh: 1,
  regex: "",
};

function renderConstant({ name, value }: ConstantVariable): ClassicVariable {
  return {
    name,
    type: "constant",
    query: value,
    current: { text: value, value },
    hide: 2,
    skipUrlSync: true,
  };
}

function renderQuery({ name, label, query, all }: QueryVariable): ClassicVariable {
  return {
    name,
    label,
    type: "query",
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: `${name}Variable` },
    current: currentOf(all),
    options: [],
    multi: true,
    includeAll: hasAll(all),
    ...(all === "anything" && { allValue: ".*" }),
    // Reloads with the time range, because it may include instances that have ended.
    refresh: 2,
    sort: 1,
    hide: 0,
    regex: "",
    skipUrlSync: false,
  };
}

/** True if the reader may choose all values at once. */
export function hasAll(all: QueryVariable["all"]): all is "listed" | "anything" {
  return typeof all === "string";
}

/** The choice at first. */
export function currentOf(all: QueryVariable["all"]): {
  readonly selected: true;
  readonly text: readonly string[];
  readonly value: readonly string[];
} {
  return hasAll(all)
    ? { selected: true, text: ["All"], value: ["$__all"] }
    : { selected: true, text: all, value: all };
}
