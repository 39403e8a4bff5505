import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../../deploy/generated/dashboards");

/** A board that `npm run generate` wrote, in the classic format. */
export interface GeneratedBoard {
  /** The name of its file, without the app's: `business`. */
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Returns the generated boards of an app. */
export function dashboardsOf(app: string): GeneratedBoard[] {
  return readdirSync(FOLDER)
    .filter((file) => file.startsWith(`${app}-`))
    .map((file) => ({
      name: file.slice(app.length + 1, -".json".length),
      json: JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as GeneratedBoard["json"],
    }));
}
