/** The outputs of a command that runs within a test's process: enough for what needs no separate process. */
import { onTestFinished, vi } from "vitest";

const OUTPUTS = ["stdout", "stderr"] as const;

/** Everything that was written to each output. A test may empty them. */
interface CommandOutput {
  stdout: string;
  stderr: string;
}

export interface CommandOutcome extends Readonly<CommandOutput> {
  /** The exit code. */
  readonly code: number;
}

/** Keeps what is written from now to the end of the test. */
export function captureOutput(): CommandOutput {
  const { output, release } = divert();
  onTestFinished(release);
  return output;
}

/** Runs a command, and returns its exit code with what it wrote. */
export async function runCommand(run: () => Promise<number>): Promise<CommandOutcome> {
  const { output, release } = divert();
  try {
    return { code: await run(), ...output };
  } finally {
    release();
  }
}

function divert() {
  const output: CommandOutput = { stdout: "", stderr: "" };
  const spies = OUTPUTS.map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      output[name] += String(text);
      return true;
    }),
  );
  return {
    output,
    release: (): void => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
