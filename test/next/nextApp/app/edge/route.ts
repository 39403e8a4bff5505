import { createMetricsClient } from "@rumkit/client";

export const runtime = "edge";

export async function GET(request: Request): Promise<Response> {
  const metrics = createMetricsClient({ url: new URL("/", request.url) });
  metrics.increment("edge.requests");
  await metrics.flush();
  return Response.json(metrics.status());
}
