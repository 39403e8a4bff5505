import { toSentence, toSnakeCase } from "@rumkit/server/internal/metrics";
import { type Entry, entriesOf, findRepeats, type Problem, quote, type Rule } from "./rule.ts";

/** Longer than a tooltip or a cell of a table shows. */
const MOST_LETTERS = 200;

const PLACEHOLDER = /^(?:todo|fixme|tbd|xxx+|tba|help|description|n\/?a|test|lorem ipsum.*|\W*)$/i;

export const helpRules: readonly Rule[] = [
  each(
    "help-empty",
    "A help text that says nothing leaves boards, alerts and the reference without a meaning.",
    ({ help }) =>
      PLACEHOLDER.test(help.trim().replace(/[.!?:]+$/, "")) || /^(?:todo|fixme|tbd)\b/i.test(help.trim())
        ? {
            what: `says nothing: ${quote(help)}.`,
            fix: 'Say what is counted, e.g. "Items put into the cart.".',
          }
        : undefined,
  ),
  each(
    "help-repeats-name",
    "A help text that only repeats the name tells a reader nothing more.",
    ({ help, name }) =>
      toSnakeCase(help) === toSnakeCase(name)
        ? { what: "only repeats the name.", fix: "Say what is counted, and when." }
        : undefined,
  ),
  each(
    "help-full-stop",
    "Help texts are shown as sentences in /metrics, on boards and in the reference.",
    ({ help }) =>
      toSentence(help) === help
        ? undefined
        : {
            what: "does not end with a full stop. /metrics adds it.",
            fix: `Write ${quote(toSentence(help))}.`,
          },
  ),
  each("help-length", "A help text is one line of /metrics, a cell of a table and a tooltip.", ({ help }) =>
    /[\r\n]/.test(help.trim()) || help.length > MOST_LETTERS
      ? {
          what: /[\r\n]/.test(help.trim())
            ? "has several lines."
            : `has ${help.length} characters; ${MOST_LETTERS} are readable.`,
          fix: "Write one sentence.",
        }
      : undefined,
  ),
  {
    id: "help-repeated",
    reason: "Two entries with one help text look the same on a board.",
    find: ({ catalog }) =>
      findRepeats(entriesOf(catalog), ({ help }) => help.trim().toLowerCase()).map(({ first, again }) => ({
        path: [...again.path, "help"],
        what: `is the text of ${first.path.join(".")}, too.`,
        fix: "Say what makes them different.",
      })),
  },
];

function each(id: string, reason: string, find: (entry: Entry) => Omit<Problem, "path"> | undefined): Rule {
  return {
    id,
    reason,
    find: ({ catalog }) =>
      entriesOf(catalog).flatMap((entry) => {
        const problem = find(entry);
        return problem ? [{ path: [...entry.path, "help"], ...problem }] : [];
      }),
  };
}
