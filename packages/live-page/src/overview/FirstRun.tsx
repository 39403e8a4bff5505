import { useState } from "react";
import { formatCount } from "../numbers/format.ts";
import type { Trust } from "./trust.ts";

interface FirstRunProps {
  app: string;
  /** The address of the collector, without a slash at its end. */
  collector: string;
  trust: Trust;
  /** The first event in words; undefined before it. */
  first: string | undefined;
}

/** A checklist until the first event arrives. Each step ticks itself off. */
export function FirstRun({ app, collector, trust, first }: FirstRunProps) {
  const isRefused = first === undefined && trust.refused.length > 0;
  const snippets = snippetsFor(app, collector);
  const [chosen, setChosen] = useState<keyof typeof snippets>("React or any bundler");
  return (
    <section className="card firstRun" aria-labelledby="firstRunTitle">
      <h2 id="firstRunTitle">{first ? "The first event has arrived" : "Waiting for the first event"}</h2>
      <ol>
        <li data-done="true">
          The collector of “{app}” runs at {collector}
        </li>
        <li data-done={first !== undefined}>
          Add this to your app, and open a page of it:
          <div className="chips" role="group" aria-label="Kind of snippet">
            {(Object.keys(snippets) as (keyof typeof snippets)[]).map((name) => (
              <button key={name} type="button" aria-pressed={name === chosen} onClick={() => setChosen(name)}>
                {name}
              </button>
            ))}
          </div>
          <Snippet text={snippets[chosen]} />
        </li>
        <li data-bad={isRefused} data-done={first !== undefined}>
          <span role="status">{first ?? waitingText(trust)}</span>
        </li>
      </ol>
    </section>
  );
}

function waitingText({ refused }: Trust): string {
  if (refused.length === 0) return "Nothing has come yet. This page changes by itself when it does.";
  const reasons = refused.map(({ reason, count }) => `${reason} (${formatCount(count)})`).join(", ");
  return `Something came and was refused: ${reasons}. The collector's terminal says what to change.`;
}

function snippetsFor(app: string, collector: string) {
  return {
    "React or any bundler": `import { createMetrics } from "@rumkit/browser";\n\ncreateMetrics({ url: "${collector}/collect" });`,
    "Script tag": `<script src="${collector}/rum.js" data-app="${app}" defer></script>`,
  };
}

function Snippet({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    // Only in secure contexts; elsewhere the text can be selected.
    await navigator.clipboard?.writeText(text);
    setCopied(true);
  };
  return (
    <div className="snippet">
      <pre tabIndex={0}>{text}</pre>
      <button type="button" onClick={() => void copy()}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
