import { beforeEach, expect, test } from "vitest";
import { createLiveToken } from "./liveToken.ts";

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState({ kept: true }, "", "/rum/realtime?kiosk");
});

test("is undefined if there is none", () => {
  expect(createLiveToken(window).get()).toBeUndefined();
});

test("is read from the fragment, kept across a reload, and removed from the URL", () => {
  location.hash = "#token=a%2Bsecret";
  expect(createLiveToken(window).get()).toBe("a+secret");
  expect(location.href).toMatch(/\/rum\/realtime\?kiosk$/);
  expect(createLiveToken(window).get()).toBe("a+secret");
});

test("is read from a URL opened in the same tab, with a notification", async () => {
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

test("replaces the previous one when entered", () => {
  location.hash = "#token=old";
  const token = createLiveToken(window);
  token.set("new");
  expect(createLiveToken(window).get()).toBe("new");
});
