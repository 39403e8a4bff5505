import type { Variable } from "../boards/board.ts";
import { currentOf, hasAll } from "./classicVariable.ts";
import type { V2Variable } from "./sdk.ts";

/** Renders a variable for the V2 resource. */
export function renderV2Variable(variable: Variable): V2Variable {
  if (variable.kind === "datasource")
    return {
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
  if (variable.kind === "constant") {
    const { name, value } = variable;
    return {
      kind: "ConstantVariable",
      spec: { name, query: value, current: { text: value, value }, hide: "hideVariable", skipUrlSync: true },
    };
  }
  const { name, label, query, all } = variable;
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
