import { Caught, MetricsErrorBoundary } from "../../typed";
import { Steer } from "./steer";

export default async function Page({ params }: { params: Promise<{ how: string }> }) {
  const { how } = await params;
  return (
    <MetricsErrorBoundary fallback={<Caught />}>
      <Steer how={how} />
    </MetricsErrorBoundary>
  );
}
