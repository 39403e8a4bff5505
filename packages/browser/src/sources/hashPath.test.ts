// @vitest-environment node
import { expect, test } from "vitest";
import { hashPath } from "./hashPath.ts";

test.each([
  ["", "/"],
  ["#", "/"],
  ["#/", "/"],
  ["#/users/1", "/users/1"],
  ["#/users/1?tab=2", "/users/1"],
  ["#?tab=2", "/"],
  ["#!/users", "!/users"],
])("%j is %s", (hash, path) => {
  expect(hashPath({ hash })).toBe(path);
});
