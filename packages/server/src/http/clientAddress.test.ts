import { expect, test } from "vitest";
import { createClientAddress, senderOf } from "./clientAddress.ts";

const proxies = ["10.0.0.0/8", "203.0.113.7", "fd00::/8", "::1"];

function addressOf(peer: string, header?: string, name: "x-forwarded-for" | "forwarded" = "x-forwarded-for") {
  const clientAddress = createClientAddress({ trustedProxies: proxies, forwardedHeader: name });
  return clientAddress({ address: peer, header: (asked) => (asked === name ? header : undefined) });
}

test.each([
  ["no proxy", "192.0.2.1", "198.51.100.1", "192.0.2.1"],
  ["a proxy that says nothing", "10.0.0.1", undefined, "10.0.0.1"],
  ["one proxy", "10.0.0.1", "192.0.2.1", "192.0.2.1"],
  ["one proxy, and a client that lies", "10.0.0.1", "1.1.1.1, 192.0.2.1", "192.0.2.1"],
  ["two proxies", "10.0.0.1", "1.1.1.1, 192.0.2.1, 203.0.113.7", "192.0.2.1"],
  ["nothing but proxies", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["a hop that is not an address", "10.0.0.1", "192.0.2.1, unknown, 10.0.0.2", "10.0.0.2"],
  ["a port", "10.0.0.1", "192.0.2.1:4711", "192.0.2.1"],
  ["an IPv6 client", "::1", "2001:db8::1", "2001:db8::1"],
  ["an IPv6 client with brackets and port", "fd00::1", "[2001:db8::1]:4711", "2001:db8::1"],
  ["IPv4 on an IPv6 socket", "::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"],
  ["a zone", "fd00::1%eth0", "192.0.2.1", "192.0.2.1"],
  ["a thousand hops", "10.0.0.1", `${"10.0.0.2,".repeat(1_000)}192.0.2.1`, "192.0.2.1"],
])("%s", (_chain, peer, header, client) => {
  expect(addressOf(peer, header)).toBe(client);
});

test("Forwarded is read where the proxies set that, and only then", () => {
  const header = 'for=1.1.1.1;proto=http, For="[2001:db8::1]:4711";by=10.0.0.1';
  expect(addressOf("10.0.0.1", header, "forwarded")).toBe("2001:db8::1");
  expect(addressOf("10.0.0.1", "proto=https", "forwarded")).toBe("10.0.0.1");
  const believing = createClientAddress({ trustedProxies: proxies });
  const header2 = (name: string) => (name === "forwarded" ? "for=1.1.1.1" : undefined);
  expect(believing({ address: "10.0.0.1", header: header2 })).toBe("10.0.0.1");
});

test("a runtime that tells no address has none, whatever a header says", () => {
  const clientAddress = createClientAddress({ trustedProxies: proxies });
  expect(clientAddress({ address: undefined, header: () => "192.0.2.1" })).toBeUndefined();
});

test.each(["10.0.0.0/33", "10.0.0.0/", "example.com", "fd00::/129", ""])("%s is not a network", (network) => {
  expect(() => createClientAddress({ trustedProxies: [network] })).toThrow("Write an address or a network");
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
])("%s is the sender %s", (address, sender) => {
  expect(senderOf(address)).toBe(sender);
});
