import { describe, expect, test } from "vitest";
import { createHostPolicy } from "./access.ts";

const isOwn = createHostPolicy(["Rum.Example", "shop"]);

describe("figures without a token may be read by", () => {
  test.each([
    ["a name of loopback", "localhost:4000"],
    ["one below it", "rum.localhost"],
    ["an IPv4 address", "127.0.0.1:4000"],
    ["an IPv4 address of another interface", "192.168.0.7"],
    ["an IPv6 address", "[::1]:4000"],
    ["a container's name of its machine", "host.docker.internal:4000"],
    ["the same of Podman", "host.containers.internal"],
    ["a listed name", "rum.example:443"],
    ["a listed name in other letters, with the root's dot", "RUM.example."],
    ["a listed name of one word", "shop:4000"],
    ["a client other than a browser, which always sends the header", undefined],
  ])("%s: %s", (_what, host) => {
    expect(isOwn(host)).toBe(true);
  });
});

describe("but not by", () => {
  test.each([
    ["another site's name", "evil.example:4000"],
    ["one that only begins like an address", "127.0.0.1.evil.example"],
    ["one that only begins like loopback", "localhost.evil.example"],
    ["one that ends like a listed one", "evil-rum.example"],
    ["one below a listed one", "evil.rum.example"],
    ["one that ends like loopback without its dot", "evillocalhost"],
    ["nothing", ""],
    ["two at once", "localhost, evil.example"],
    ["a name that hides in brackets", "[evil.example]"],
    ["a name behind a user", "localhost@evil.example"],
    ["an invalid port", "localhost:80:evil.example"],
  ])("%s: %s", (_what, host) => {
    expect(isOwn(host)).toBe(false);
  });
});

test.each(["https://rum.example", "rum.example:443", "*.example", "rum.example/x", ""])(
  "%j is refused in the list",
  (name) => {
    expect(() => createHostPolicy([name])).toThrow("is not a host name");
  },
);
