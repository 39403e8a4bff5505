import type { LiveRelease } from "@rumkit/protocol";
import { FilterValue } from "../filter/FilterValue.tsx";

/** Releases beside a chart: it draws all, and more names would not fit. */
const MOST = 3;

/** The newest releases, each to filter by. */
export function ReleaseLegend({ releases }: { releases: readonly LiveRelease[] }) {
  const names = [...new Set(releases.map(({ release }) => release))].slice(-MOST);
  if (names.length === 0) return null;
  return (
    <span className="legendReleases">
      {names.length === 1 ? "release" : "releases"}{" "}
      {names.map((release, index) => (
        <span key={release}>
          {index > 0 && ", "}
          <FilterValue label="release" value={release} />
        </span>
      ))}
    </span>
  );
}
