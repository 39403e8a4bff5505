import { expect, test } from "vitest";
import { urlWithoutSecrets } from "./arguments.ts";

test.each([
  ["ftp://me:PASS@host.example/a", "ftp://***@host.example/a"],
  ["me:PASS@host.example", "***@host.example"],
  ["//me:PASS@host.example", "//***@host.example"],
  ["htps://me:PA@SS@host.example/x@y", "htps://***@host.example/x@y"],
  ["host.example/a@b", "host.example/a@b"],
  ["", ""],
])("%s is shown as %s", (url, shown) => {
  expect(urlWithoutSecrets(url)).toBe(shown);
});
