import { VERSION } from "../base/version.ts";
import { info } from "../instrument/describeBackendMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";

/** Describes the running software: the app and its release, for OpenTelemetry too, and the version of rumkit. */
export function describeBuild(app: string, release: string): Sample[] {
  return [
    { metric: "app_info", labels: { app, release }, value: 1 },
    { metric: "target_info", labels: { service_name: app, service_version: release }, value: 1 },
    { metric: "rum_build_info", labels: { version: VERSION }, value: 1 },
  ];
}

/** Describes the metric of the version of rumkit; the others describe the app. */
export function describeBuildMetrics(): MetricDescriptor[] {
  return [{ ...info("rum_build_info", "The version of rumkit; always 1.", ["version"]), side: "collector" }];
}
