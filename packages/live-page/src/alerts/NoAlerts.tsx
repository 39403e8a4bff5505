import type { LiveAlerts } from "@rumkit/protocol";
import { formatCount } from "../numbers/format.ts";

/** Three lines of a catalog. */
const DECLARED = `alerts: {
  page_errors: { when: { rate: "rum_js_errors_total", above: 0.5 }, for: "2m", severity: "critical" },
},`;

const TURNED_ON = `createCollector({
  catalog,
  alerts: { receivers: { chat: { type: "slack", url: { env: "SLACK_URL" } } } },
});`;

/** Says why no alert fires: all is well, none is declared, or none is evaluated. */
export function NoAlerts({ engine, rules }: Pick<LiveAlerts, "engine" | "rules">) {
  if (engine === "off")
    return (
      <Hint title="This collector evaluates no alerts" code={TURNED_ON}>
        Give it the option alerts, with the services that people read:
      </Hint>
    );
  if (rules === 0)
    return (
      <Hint title="No alert is declared" code={DECLARED}>
        Declare one in the catalog, or an objective, which has alerts:
      </Hint>
    );
  return (
    <p className="card nothing">
      {`No alert fires. ${rules === 1 ? "1 alert is" : `${formatCount(rules)} alerts are`} evaluated.`}
    </p>
  );
}

function Hint({ title, code, children }: { title: string; code: string; children: string }) {
  return (
    <section className="card noAlerts" aria-labelledby="noAlerts">
      <h2 id="noAlerts">{title}</h2>
      <p>{children}</p>
      <pre tabIndex={0} role="region" aria-label="Example">
        {code}
      </pre>
    </section>
  );
}
