import { isObject } from "@rumkit/server/internal/base";
import { findAlertFaults } from "@rumkit/server/internal/serve";
import { z } from "zod";
import type { RumkitConfig } from "./config.ts";
import { fileOnly, optional, text } from "./settingForms.ts";

/** The server checks alerts, because the names in it refer to one another. */
const alerts = z.custom<NonNullable<RumkitConfig["alerts"]>>().superRefine((value, context) => {
  for (const { path, rest } of findAlertFaults(value))
    context.addIssue({ code: "custom", path: [...path], message: rest });
});

/** The setting `alerts`. */
export const alertsSetting = optional(
  fileOnly(alerts, "receivers, routes, actions", {
    unset: "shown on the live page",
    help: "receivers of alerts, routes to them, and actions (false: none is evaluated)",
  }),
);

const catalog = z.union([
  z.string().min(1),
  z.custom<Exclude<RumkitConfig["catalog"], string | undefined>>(isObject),
]);

/** The setting `catalog`. */
export const catalogSetting = optional({
  ...text("path", {
    unset: "./catalog.ts if it exists, else names are learned",
    help: "module that exports the catalog",
  }),
  schema: catalog,
});
