import { describe, expect, it } from "vitest";
import { renderYaml } from "./yaml.ts";

describe("renderYaml", () => {
  it("nests maps and lists of maps", () => {
    expect(renderYaml({ groups: [{ name: "shop", limits: { series: 5 } }, { name: "blog" }] })).toBe(
      "groups:\n  - name: shop\n    limits:\n      series: 5\n  - name: blog\n",
    );
  });

  it("quotes what a reader of YAML would take for something else than text", () => {
    expect(renderYaml({ a: "no", b: "5m", c: "a: b", d: " x", e: "# x" })).toBe(
      'a: "no"\nb: "5m"\nc: "a: b"\nd: " x"\ne: "# x"\n',
    );
  });

  it("writes lists of numbers and texts, and booleans", () => {
    expect(renderYaml({ params: [0.01, "no"], on: true, off: false })).toBe(
      'params:\n  - 0.01\n  - "no"\non: true\noff: false\n',
    );
  });

  it("keeps lines and quotes as they are, in a block", () => {
    expect(renderYaml({ rules: [{ expr: 'up{job="a"}\nand\nx' }] })).toBe(
      'rules:\n  - expr: |-\n      up{job="a"}\n      and\n      x\n',
    );
  });
});
