import { join } from "node:path";
import { type Started, startProgram } from "../started.ts";

/** The folder of the world. */
export const LLM_FOLDER = join(import.meta.dirname, "../../../examples/llm");

/** The program of the world, for Node. */
export const LLM_PROGRAM = [
  "--conditions=@rumkit/source",
  "--disable-warning=ExperimentalWarning",
  "server.ts",
];

export interface RunningLlm extends Started {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
}

/** Starts the world `llm` on a free port. */
export async function startLlm(flags: readonly string[]): Promise<RunningLlm> {
  const program = await startProgram(process.execPath, [...LLM_PROGRAM, ...flags], {
    cwd: LLM_FOLDER,
    env: { PORT: "0" },
    ready: /^Load /m,
  });
  const origin = /^Page\s+(http:\S+)\/$/m.exec(program.output())?.[1];
  if (origin === undefined) throw new Error(`The API did not say where it is:\n${program.output()}`);
  return { ...program, origin };
}
