import { beforeEach, expect, test } from "vitest";
import { createLiveToken } from "./liveToken.ts";

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState({ kept: true }, "", "/rum/realtime?kiosk");
});

test("without one there is none", () => {
  expect(createLiveToken(window).get()).toBeUndefined();
});

test("of the fragment it is taken, kept over a reload, and gone from the address", () => {
  location.hash = "#token=a%2Bsecret";
  expect(createLiveToken(window).get()).toBe("a+secret");
  expect(location.href).toMatch(/\/rum\/realtime\?kiosk$/);
  expect(createLiveToken(window).get()).toBe("a+secret");
});

test("that somebody types replaces the one before", () => {
  location.hash = "#token=old";
  const token = createLiveToken(window);
  token.set("new");
  expect(createLiveToken(window).get()).toBe("new");
});
