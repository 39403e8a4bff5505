import { nearestName } from "@rumkit/server/internal/base";
import { placeAt } from "../generate/placeOf.ts";
import { readTokens } from "../generate/sourceTokens.ts";
import { RULE_IDS } from "./rules.ts";

/** The comments of a source that disable rules. */
export interface Directives {
  isDisabled(rule: string, line: number | undefined): boolean;
  /** Rules that comments name and that do not exist. */
  readonly unknown: readonly { readonly line: number; readonly column: number; readonly text: string }[];
}

/** `rumkit-lint-disable-next-line route-shadowed, help-full-stop -- the old site had it`. */
const DIRECTIVE = /^(?:\/\/|\/\*+)\s*rumkit-lint-disable(-next-line|-line)?(?:[:\s]+([^]*?))?(?:\*\/)?$/;

interface Disabled {
  /** Undefined for all rules. */
  readonly rules: ReadonlySet<string> | undefined;
  /** Undefined for the whole file. */
  readonly line: number | undefined;
}

/** Reads the comments. Without a rule, a comment disables all of them. */
export function readDirectives(source: string): Directives {
  const disabled: Disabled[] = [];
  const unknown: { line: number; column: number; text: string }[] = [];
  for (const { text, at } of readTokens(source).comments) {
    const [, scope, listed = ""] = DIRECTIVE.exec(text.trim()) ?? [];
    if (!text.includes("rumkit-lint-disable")) continue;
    const place = placeAt(source, at);
    const names = listed
      .replace(/--[^]*$/, "")
      .split(/[\s,]+/)
      .filter((name) => name !== "");
    for (const name of names) {
      if (RULE_IDS.includes(name)) continue;
      const meant = nearestName(name, RULE_IDS);
      unknown.push({ ...place, text: `${name}.${meant === undefined ? "" : ` Did you mean "${meant}"?`}` });
    }
    const lines = text.split("\n").length;
    const line = scope === "-line" ? place.line : scope === "-next-line" ? place.line + lines : undefined;
    disabled.push({ rules: names.length > 0 ? new Set(names) : undefined, line });
  }
  return {
    unknown,
    isDisabled: (rule, line) =>
      disabled.some(
        (comment) =>
          (comment.rules?.has(rule) ?? true) && (comment.line === undefined || comment.line === line),
      ),
  };
}
