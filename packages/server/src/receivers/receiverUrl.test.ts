import { assert, constantFrom, integer, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { Faults } from "../base/shape.ts";
import { checkNetworks, createAddressPolicy } from "./addressPolicy.ts";
import { urlFault } from "./receiverUrl.ts";

const none = createAddressPolicy();
const home = createAddressPolicy(["127.0.0.0/8", "::1", "10.0.0.0/8"]);

test.each([
  "https://hooks.slack.com/services/T0/B0/x",
  "https://93.184.215.14/hook",
  "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/hook",
  "https://müller.example/hook",
  "HTTPS://Hooks.Example/hook?a=b#c",
])("%s may be connected to", (url) => {
  expect(urlFault(url, none)).toBeUndefined();
});

test.each([
  // Names of this machine, of its network and of the cloud's metadata.
  ["http://127.0.0.1:9093/", "private network"],
  ["https://127.0.0.1/", "private network"],
  ["https://localhost/", "names this machine"],
  ["https://a.localhost./", "names this machine"],
  ["https://169.254.169.254/latest/meta-data", "private network"],
  ["https://[fe80::1]/", "private network"],
  ["https://[::1]/", "private network"],
  ["https://[::]/", "private network"],
  ["https://[::ffff:127.0.0.1]/", "private network"],
  ["https://[::ffff:7f00:1]/", "private network"],
  ["https://[64:ff9b::7f00:1]/", "private network"],
  ["https://[2002:7f00:1::]/", "private network"],
  ["https://[fd00::1]/", "private network"],
  ["https://[ff02::1]/", "private network"],
  ["https://10.1.2.3/", "private network"],
  ["https://100.64.0.1/", "private network"],
  ["https://224.0.0.1/", "private network"],
  ["https://255.255.255.255/", "private network"],
  ["https://0.0.0.0/", "private network"],
  // 127.0.0.1 and others in forms that parsers take.
  ["https://2130706433/", "unusual form"],
  ["https://0x7f.1/", "unusual form"],
  ["https://0x7f000001/", "unusual form"],
  ["https://017700000001/", "unusual form"],
  ["https://127.1/", "unusual form"],
  ["https://127.0.0.1./", "unusual form"],
  ["https://①②⑦.0.0.1/", "unusual form"],
  ["https://%31%32%37.0.0.1/", "unusual form"],
  ["https://93.184.55054/", "unusual form"],
  // What a reader takes for another host.
  ["https://hooks.example@127.0.0.1/", "must not contain a user"],
  ["https://user:password@hooks.example/", "must not contain a user"],
  ["https:\\\\127.0.0.1/", "backslash"],
  ["https://hooks.example\\@127.0.0.1/", "backslash"],
  ["https://hooks.example\t.evil.example/", "blank"],
  [" https://hooks.example/", "blank"],
  ["https:///127.0.0.1/", "absolute URL"],
  ["https:127.0.0.1", "absolute URL"],
  ["//hooks.example/", "absolute URL"],
  ["ftp://hooks.example/", "absolute URL"],
  ["file:///etc/passwd", "absolute URL"],
  ["hooks.example", "absolute URL"],
  ["https://[::1", "absolute URL"],
  ["https://hooks.example:99999/", "absolute URL"],
  ["", "absolute URL"],
  [`https://hooks.example/${"a".repeat(5_000)}`, "longer than"],
  ["http://hooks.example/", "https://"],
  ["http://93.184.215.14/", "https://"],
])("%s is refused", (url, fault) => {
  expect(urlFault(url, none)).toContain(fault);
});

test("an allowed network may be reached, without TLS too; others may not", () => {
  for (const host of ["127.0.0.1:9093", "localhost:9093", "[::1]:9093", "10.9.8.7", "alertmanager:9093"])
    for (const scheme of ["http", "https"]) expect(urlFault(`${scheme}://${host}/`, home)).toBeUndefined();
  expect(urlFault("http://192.168.0.1/", home)).toContain("private network");
  expect(urlFault("http://93.184.215.14/", home)).toContain("https://");
  expect(urlFault("http://2130706433/", home)).toContain("unusual form");
});

test("every IPv4 address of a special network is refused in IPv6 forms, too", () => {
  const byte = integer({ min: 0, max: 255 });
  const start = constantFrom("10", "127", "169.254", "192.168", "172.16", "100.64", "224", "240", "0");
  assert(
    property(tuple(start, byte, byte, byte), ([head, ...rest]) => {
      const address = [...head.split("."), ...rest].slice(0, 4).join(".");
      expect(none.mayConnect(address)).toBe(false);
      for (const prefix of ["::ffff:", "::", "64:ff9b::", "::ffff:0:"])
        expect(none.mayConnect(prefix + address)).toBe(false);
    }),
    { seed: 14, numRuns: 200 },
  );
});

test("what is not an address may not be connected to", () => {
  for (const text of ["", "localhost", "2130706433", "127.1", "fe80::1%eth0x y"])
    expect(none.mayConnect(text)).toBe(false);
});

describe("allowPrivateAddresses", () => {
  test.each([["10.0.0.0/8"], ["127.0.0.1"], ["fd00::/8"], ["::1"]])("%s is a network", (network) => {
    expect(faultsOf([network])).toEqual([]);
  });

  test.each(["10.0.0.0/33", "10.0.0/8", "localhost", "0x7f.1", "10.0.0.0/8/8", "10.0.0.0/", 10, null])(
    "%s is refused, and allows nothing",
    (network) => {
      expect(faultsOf([network])).toHaveLength(1);
      expect(createAddressPolicy([network as string]).mayConnect("10.0.0.1")).toBe(false);
    },
  );

  function faultsOf(networks: unknown): string[] {
    const faults = new Faults("the options");
    checkNetworks(networks, ["alerts", "allowPrivateAddresses"], faults);
    return faults.found.map(({ text }) => text);
  }
});
