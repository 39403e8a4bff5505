import { MetricsErrorBoundary } from "../../metrics.jsx";
import { Steer } from "./steer.jsx";

export default async function Page({ params }) {
  const { how } = await params;
  return (
    <MetricsErrorBoundary fallback={<output>caught</output>}>
      <Steer how={how} />
    </MetricsErrorBoundary>
  );
}
