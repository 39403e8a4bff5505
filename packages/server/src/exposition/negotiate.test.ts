import { describe, expect, test } from "vitest";
import { negotiateCoding, negotiateFormat, zeroTime } from "./negotiate.ts";

const PROMETHEUS_2 =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const PROMETHEUS_3 =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

describe("the format", () => {
  test.each([
    ["Prometheus 2", PROMETHEUS_2, "openmetrics"],
    ["Prometheus 3", PROMETHEUS_3, "openmetrics"],
    ["a browser", BROWSER, "text"],
    ["curl", "*/*", "text"],
    ["a client without the header", undefined, "text"],
    ["an empty header", "", "text"],
    ["a wish for neither", "image/png", "text"],
    ["a refusal of everything", "*/*;q=0", "text"],
    ["a wish for text before OpenMetrics", "application/openmetrics-text;q=0.4, text/plain;q=0.5", "text"],
    ["a wish for OpenMetrics before text", "text/plain;q=0.4, application/openmetrics-text", "openmetrics"],
    ["OpenMetrics beside anything", "application/openmetrics-text, */*", "openmetrics"],
    ["a refusal of OpenMetrics", "application/openmetrics-text;q=0, */*", "text"],
    ["a version that we do not speak", "application/openmetrics-text; version=0.0.1", "text"],
    ["a version in quotes", 'application/openmetrics-text; version="1.0.0"; q=1', "openmetrics"],
    ["capital letters", "Application/OpenMetrics-Text; Version=1.0.0", "openmetrics"],
    ["a subtype range", "application/*", "openmetrics"],
    ["a q that is not a number", "application/openmetrics-text;q=much, text/plain;q=0.9", "openmetrics"],
  ])("for %s", (_, accept, format) => {
    expect(negotiateFormat(accept)).toBe(format);
  });
});

describe("the coding", () => {
  test.each([
    ["gzip", "gzip"],
    ["gzip, deflate, br", "gzip"],
    ["deflate, gzip;q=0.5", "gzip"],
    ["x-gzip", "gzip"],
    ["*", "gzip"],
    ["gzip;q=0", "identity"],
    ["gzip;q=0.5, identity", "identity"],
    ["*;q=0.5, gzip;q=0", "identity"],
    ["br", "identity"],
    ["", "identity"],
    [undefined, "identity"],
  ])("for %s", (header, coding) => {
    expect(negotiateCoding(header)).toBe(coding);
  });
});

test.each<[request: string, header: string | undefined, intervalMs: number | undefined, atLeast: number]>([
  ["Prometheus' defaults, a minute", "10", undefined, 60_000],
  ["15 seconds with the default timeout", "10", undefined, 15_000],
  ["5 seconds, to which the timeout is cut", "5", undefined, 5_000],
  ["15 seconds with a timeout of 5 that was set by hand", "5", undefined, 15_000],
  ["a second", "1", undefined, 1_000],
  ["a minute with a timeout of 30", "30", undefined, 60_000],
  ["no number", "soon", undefined, 60_000],
  ["0", "0", undefined, 60_000],
  ["the option of the collector", "10", 300_000, 300_000],
])("of a scraper at %s a new series is 0 for one interval at least", (_what, header, intervalMs, atLeast) => {
  const zero = zeroTime(header, intervalMs);
  expect(zero).toBeGreaterThan(atLeast);
  // Scrapers of any number, at any offset: each comes once while it is 0.
  for (let offset = 0; offset < atLeast; offset += atLeast / 97) {
    const scrapes = Array.from({ length: 5 }, (_, index) => offset + index * atLeast);
    expect(scrapes.filter((at) => at >= 0 && at < zero).length).toBeGreaterThan(0);
  }
});

test("who does not say that it is a scraper sees what there is", () => {
  expect(zeroTime(undefined, undefined)).toBe(0);
  expect(zeroTime(undefined, 60_000)).toBe(0);
});
