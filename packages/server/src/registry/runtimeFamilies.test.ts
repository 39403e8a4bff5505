import { expect, onTestFinished, test } from "vitest";
import { createCollector } from "../collector/createCollector.ts";
import { RUNTIME_FAMILIES } from "./runtimeFamilies.ts";

test.runIf(process.platform === "linux")("the runtime's families are those that a scrape has", async () => {
  const { app, stop } = createCollector({ catalog: { app: "shop", routes: ["/"] } });
  onTestFinished(() => stop());
  const text = await (await app.request("/metrics")).text();
  const runtime = [...text.matchAll(/^# TYPE ((?:process|nodejs)_\w+) /gm)].map(([, name]) => name);
  expect(new Set(runtime)).toEqual(new Set(RUNTIME_FAMILIES));
});
