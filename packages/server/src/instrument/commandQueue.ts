import { types } from "node:util";
import {
  type CacheMethod,
  cacheMethod,
  type CacheOperation,
  type CacheOutcome,
  outcomesOf,
} from "./cacheMethods.ts";
import type { End } from "@rumkit/client/calls";

export type CountOperation = (operation: CacheOperation, outcome: CacheOutcome) => void;

interface Command {
  /** In lower case. */
  readonly name: string;
  readonly method: CacheMethod | undefined;
  readonly args: readonly unknown[];
}

/** The server's answer to one command. */
interface Answer {
  readonly failed: boolean;
  readonly value: unknown;
}

/** The commands of a pipeline or a transaction, in the order in which the server will answer them. */
interface CommandQueue {
  readonly add: (name: string, args: readonly unknown[]) => void;
  /** Adds `[["get", "a"], ["set", "b", 1]]`; nothing if it is not such a list. */
  readonly addBatch: (commands: unknown) => void;
  /** True if the queue has a MULTI without its EXEC or DISCARD. */
  readonly isInTransaction: () => boolean;
  /**
   * Empties the queue. Returns a function that counts its commands by their answers. With `isPaired`, each answer is
   * `[error, value]`.
   */
  readonly takeEnd: (isPaired: boolean) => End;
}

export function createCommandQueue(count: CountOperation): CommandQueue {
  const commands: Command[] = [];

  const add = (name: string, args: readonly unknown[]): void => {
    commands.push({ name: name.toLowerCase(), method: cacheMethod(name), args });
  };
  return {
    add,
    addBatch: (batch) => {
      for (const command of Array.isArray(batch) ? (batch as readonly unknown[]) : [])
        if (Array.isArray(command)) add(String(command[0]), command.slice(1));
    },
    isInTransaction: () => commands.findLast(({ name }) => TRANSACTION.has(name))?.name === "multi",
    takeEnd: (isPaired) => {
      const taken = commands.splice(0);
      return (outcome, value) => {
        const answers = outcome === "error" ? repliesOf(value) : value;
        if (outcome === "done" && answers === null) return;
        const list: readonly unknown[] = Array.isArray(answers) ? answers : [];
        countAnswers(
          taken,
          taken.map((_, index) => readValue(list, index, isPaired)),
          count,
        );
      };
    },
  };
}

/** Counts commands by their answers. The answer to an EXEC has the answers to the commands since its MULTI. */
function countAnswers(commands: readonly Command[], answers: readonly Answer[], count: CountOperation): void {
  let transaction: Command[] | undefined;
  for (const [index, command] of commands.entries()) {
    const answer = answers[index]!;
    if (command.name === "multi") transaction = [];
    else if (!transaction) countCommand(command, answer, count);
    else if (command.name === "exec") {
      countTransaction(transaction, answer, count);
      transaction = undefined;
    } else if (command.name === "discard") transaction = undefined;
    else transaction.push(command);
  }
}

/** A list in `value` has one answer per command; any other value is the answer to all of them. */
function countTransaction(
  commands: readonly Command[],
  { failed, value }: Answer,
  count: CountOperation,
): void {
  // WATCH saw a change: the server ran none of them.
  if (!failed && value === null) return;
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  for (const [index, command] of commands.entries())
    countCommand(command, readValue(values, index, false), count);
}

function countCommand({ method, args }: Command, { failed, value }: Answer, count: CountOperation): void {
  if (!method) return;
  if (failed) count(method.operation, "error");
  else for (const outcome of outcomesOf(method, args, value)) count(method.operation, outcome);
}

const TRANSACTION: ReadonlySet<string> = new Set(["multi", "exec", "discard"]);

/** Returns true for `exec`, and its other names in clients: `execBuffer`, `execAsPipeline`, `execTyped`. */
export function isExec(key: string | symbol): boolean {
  return typeof key === "string" && key.toLowerCase().startsWith("exec");
}

/** Returns the answer to one command of many. A missing answer is a failure. */
function readValue(answers: readonly unknown[], index: number, isPaired: boolean): Answer {
  if (index >= answers.length) return { failed: true, value: undefined };
  const answer = answers[index];
  const [error, value] = isPaired && Array.isArray(answer) ? (answer as unknown[]) : [undefined, answer];
  return { failed: Boolean(error) || types.isNativeError(value), value };
}

/**
 * Returns the values of a batch in which one command failed: `redis` rejects then, and its error has the answers to
 * all of them.
 */
function repliesOf(error: unknown): unknown {
  return typeof error === "object" && error !== null
    ? (error as { readonly replies?: unknown }).replies
    : undefined;
}
