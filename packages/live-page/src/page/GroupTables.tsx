import type { LiveGroup } from "@rumkit/protocol";
import { newestRelease } from "../overview/errorOrder.ts";
import type { LiveState } from "../stream/liveState.ts";
import { BackendView } from "../views/BackendView.tsx";
import { DurationTables } from "../views/DurationTables.tsx";
import { ErrorsView } from "../views/ErrorsView.tsx";
import { BUSINESS_TABLES, ERROR_TABLES, EXPERIENCE_TABLES } from "../views/pageTables.ts";
import { TotalsTables } from "../views/TotalsTables.tsx";
import { VitalTables } from "../views/VitalTables.tsx";
import type { Answers } from "./useAnswers.ts";

interface GroupTablesProps {
  group: LiveGroup;
  live: LiveState;
  answers: Answers;
}

const isOfPages = (metric: string): boolean => metric.startsWith("rum_");

/** The part of a view below the cards of its figures. */
export function GroupTables({
  group,
  live: { totals, board },
  answers: { errors, durations, vitals },
}: GroupTablesProps) {
  if (group === "business") return <TotalsTables tables={BUSINESS_TABLES} totals={totals} />;
  if (group === "experience")
    return (
      <>
        {vitals && <VitalTables vitals={vitals} />}
        <TotalsTables tables={EXPERIENCE_TABLES} totals={totals} />
      </>
    );
  if (group === "backend") return <BackendView totals={totals} durations={durations} />;
  return (
    <>
      <ErrorsView errors={errors} release={newestRelease(board)} />
      <TotalsTables tables={ERROR_TABLES} totals={totals} />
      {durations && <DurationTables durations={durations} only={isOfPages} />}
    </>
  );
}
