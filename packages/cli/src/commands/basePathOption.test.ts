import { expect, test } from "vitest";
import { environmentName, flagName, SETTINGS } from "../serve/settings.ts";
import { BASE_PATH_NAMES, readBasePath } from "./basePathOption.ts";

test("flags and variables are those of rumkit serve, with its defaults", () => {
  for (const [base, setting] of [
    ["live", "livePath"],
    ["api", "apiPath"],
  ] as const) {
    const { flag, variable } = BASE_PATH_NAMES[base];
    expect([flag, variable]).toEqual([`--${flagName(setting)}`, environmentName(setting)]);
    expect(readBasePath(base, undefined, {})).toBe(SETTINGS[setting].default);
    expect(readBasePath(base, undefined, { [variable]: "" })).toBe(SETTINGS[setting].default);
    expect(readBasePath(base, undefined, { [variable]: "/of-env/" })).toBe("/of-env");
    expect(readBasePath(base, "/a/b", { [variable]: "/of-env" })).toBe("/a/b");
    expect(() => readBasePath(base, "realtime", {})).toThrow(`${flag} must be a path such as "/realtime"`);
    expect(() => readBasePath(base, undefined, { [variable]: "/a?b" })).toThrow(`${variable} must be`);
  }
});
