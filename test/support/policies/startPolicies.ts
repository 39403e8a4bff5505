import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Started, startProgram } from "../started.ts";

/** The folder of the world. */
export const POLICIES_FOLDER = join(import.meta.dirname, "../../../examples/policies");

const NODE_FLAGS = ["--conditions=@rumkit/source", "--disable-warning=ExperimentalWarning"];

/** The program of the world, for Node. */
export const POLICIES_PROGRAM = [...NODE_FLAGS, "server.ts"];

/** The tokens of its services, as the test knows them. */
const TOKENS = {
  LOOKUP_TOKEN: "token-of-the-look-up",
  REVIEW_TOKEN: "token-of-the-review",
  SURVEY_TOKEN: "token-of-the-survey",
};

export interface RunningPolicies extends Started {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
}

/** Starts the world `policies` on a free port. */
export async function startPolicies(flags: readonly string[]): Promise<RunningPolicies> {
  const program = await startProgram(process.execPath, [...POLICIES_PROGRAM, ...flags], {
    cwd: POLICIES_FOLDER,
    env: { PORT: "0", ...TOKENS },
    ready: /^Load /m,
  });
  const origin = /^Page\s+(http:\S+)\/$/m.exec(program.output())?.[1];
  if (origin === undefined) throw new Error(`The world did not say where it is:\n${program.output()}`);
  return { ...program, origin };
}

/** Runs one of its services until it has reported so many values. Returns what it says that it reported. */
export async function runService<Report>(
  service: "review" | "survey",
  origin: string,
  count: number,
): Promise<Report> {
  const flags = ["--url", origin, "--seed", "7", "--count", String(count)];
  const [program, args] =
    service === "review"
      ? [process.execPath, [...NODE_FLAGS, "services/review.ts"]]
      : ["python3", ["services/survey.py"]];
  const { stdout } = await promisify(execFile)(program, [...args, ...flags], {
    cwd: POLICIES_FOLDER,
    env: { ...process.env, RUMKIT_INGEST_TOKEN: `token-of-the-${service}` },
  });
  return JSON.parse(stdout) as Report;
}
