import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DockerfileParser, type Instruction as Parsed, type JSONInstruction } from "dockerfile-ast";

export const ROOT = join(import.meta.dirname, "../../..");

/** One instruction of a stage, with its arguments as written, without flags. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
  readonly words: readonly string[];
  /** The stage that a COPY takes files from; undefined for the folder of the build. */
  readonly from: string | undefined;
  /** The words of an exec form; undefined for a shell form. */
  readonly exec: readonly string[] | undefined;
}

export interface Stage {
  readonly name: string;
  /** A stage of this file, or an image. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export function readStages(file = join(ROOT, "deploy/Dockerfile")): Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const parsed of DockerfileParser.parse(readFileSync(file, "utf8")).getInstructions()) {
    const instruction = readInstruction(parsed);
    if (instruction.name === "FROM") {
      const [base = "", , name = ""] = instruction.words;
      stages.push({ name, base, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

function readInstruction(parsed: Parsed): Instruction {
  const text = parsed.getArgumentsContent() ?? "";
  const flags = "getFlags" in parsed ? (parsed as JSONInstruction).getFlags() : [];
  const json = text.slice(text.indexOf("["));
  return {
    name: parsed.getInstruction(),
    text,
    words: text.split(/\s+/),
    from: flags.find((flag) => flag.getName() === "from")?.getValue() ?? undefined,
    exec: /^(?:CMD )?\[/.test(text) ? (JSON.parse(json) as string[]) : undefined,
  };
}

/** A stage and those that it builds on, the first one first. Throws where there is no such stage. */
export function lineOf(stages: readonly Stage[], name: string): Stage[] {
  const stage = stages.find((each) => each.name === name);
  if (!stage) throw new Error(`deploy/Dockerfile has no stage ${name}.`);
  const hasBase = stages.some((each) => each.name === stage.base);
  return [...(hasBase ? lineOf(stages, stage.base) : []), stage];
}

/** The last instruction of this name that holds for a stage. */
export function lastOf(stages: readonly Stage[], name: string, instruction: string): Instruction | undefined {
  return lineOf(stages, name)
    .flatMap((stage) => stage.instructions)
    .findLast((each) => each.name === instruction);
}
