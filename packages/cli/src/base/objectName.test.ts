import { expect, test } from "vitest";
import { labelValue, objectName } from "./objectName.ts";

test.each(["shop", "shop_", "a".repeat(64), `${"a".repeat(62)}__`])(
  "the app %s has a name and a label that Kubernetes takes",
  (app) => {
    expect(objectName(app)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,251}[a-z0-9])?$/);
    expect(labelValue(app)).toMatch(/^[a-z0-9](?:[a-z0-9_]{0,61}[a-z0-9])?$/);
  },
);
