import { useState } from "react";
import { formatCount } from "../numbers/format.ts";
import type { Trust } from "./trust.ts";

interface FirstRunProps {
  app: string;
  /** The address of the collector, without a slash at its end. */
  collector: string;
  trust: Trust;
}

/** A checklist until the first event arrives. Each step ticks itself off. */
export function FirstRun({ app, collector, trust }: FirstRunProps) {
  const isRefused = trust.refused.length > 0;
  const snippets = snippetsFor(app, collector);
  const [chosen, setChosen] = useState<keyof typeof snippets>("React or any bundler");
  return (
    <section className="card firstRun" aria-labelledby="firstRunTitle">
      <h2 id="firstRunTitle">Waiting for the first event</h2>
      <ol>
        <li data-done="true">
          The collector of “{app}” runs at {collector}
        </li>
        <li>
          Send it something from a page or a terminal:
          <div className="chips" role="group" aria-label="Kind of snippet">
            {(Object.keys(snippets) as (keyof typeof snippets)[]).map((name) => (
              <button key={name} type="button" aria-pressed={name === chosen} onClick={() => setChosen(name)}>
                {name}
              </button>
            ))}
          </div>
          <Snippet text={snippets[chosen]} />
        </li>
        <li data-bad={isRefused}>
          {isRefused
            ? `Something came and was refused: ${trust.refused.map(({ reason, count }) => `${reason} (${formatCount(count)})`).join(", ")}. The collector's terminal says what to change.`
            : "Nothing has come yet. This page changes by itself when it does."}
        </li>
      </ol>
    </section>
  );
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
