import type { ConstantVariable, QueryVariable, Variable } from "../boards/board.ts";
import { currentOf, hasAll } from "./classicVariable.ts";
import type { V2Variable } from "./sdk.ts";

/** Renders a variable for the V2 resource. */
export function renderV2Variable(variable: Variable): V2Variable {
  switch (variable.kind) {
    case "datasource":
      return DATASOURCE_VARIABLE;
    case "constant":
      return renderConstant(variable);
    case "query":
      return renderQuery(variable);
  }
}

const DATASOURCE_VARIABLE: V2Variable = {
  kind: "DatasourceVariable",
  spec: {
    name: "datasource",
    label: "Data Source",
    pluginId: "prometheus",
    current: { text: "", value: "" },
    options: [],
    multi: false,
    includeAll: false,
    allowCustomValue: true,
    hide: "dontHide",
    refresh: "onDashboardLoad",
    regex: "",
    skipUrlSync: false,
  },
};

function renderConstant({ name, value }: ConstantVariable): V2Variable {
  return {
    kind: "ConstantVariable",
    spec: { name, query: value, current: { text: value, value }, hide: "hideVariable", skipUrlSync: true },
  };
}

function renderQuery({ name, label, query, all }: QueryVariable): V2Variable {
  return {
    kind: "QueryVariable",
    spec: {
      name,
      label,
      query: {
        kind: "DataQuery",
        group: "prometheus",
        version: "v0",
        datasource: { name: "${datasource}" },
        spec: { query, refId: `${name}Variable` },
      },
      definition: query,
      current: currentOf(all),
      options: [],
      multi: true,
      includeAll: hasAll(all),
      ...(all === "anything" && { allValue: ".*" }),
      allowCustomValue: true,
      refresh: "onTimeRangeChanged",
      sort: "alphabeticalAsc",
      hide: "dontHide",
      regex: "",
      skipUrlSync: false,
    },
  };
}
