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

test("of an address that is put into a tab that is open is taken too, and told", async () => {
  const token = createLiveToken(window);
  let given = 0;
  token.listen(() => (given += 1));
  location.hash = "#token=later";
  window.dispatchEvent(new Event("hashchange"));
  expect(token.get()).toBe("later");
  expect(location.href).toMatch(/\/rum\/realtime\?kiosk$/);
  const before = given;
  location.hash = "#elsewhere";
  window.dispatchEvent(new Event("hashchange"));
  expect([before > 0, given, token.get()]).toEqual([true, before, "later"]);
});

test("that somebody types replaces the one before", () => {
  location.hash = "#token=old";
  const token = createLiveToken(window);
  token.set("new");
  expect(createLiveToken(window).get()).toBe("new");
});
