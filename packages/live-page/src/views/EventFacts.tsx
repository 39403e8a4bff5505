import type { LiveEvent } from "@rumkit/protocol";
import { FilterValue } from "../filter/FilterValue.tsx";
import { renderDetail, renderMoney, renderTime } from "../numbers/format.ts";

interface Fact {
  readonly name: string;
  readonly text: string;
  /** The label and value to filter by, if there is such. */
  readonly filter?: readonly [label: string, value: string];
}

/** Everything that is known of an event. */
export function EventFacts({ event }: { event: LiveEvent }) {
  return (
    <dl className="facts">
      {factsOf(event).map(({ name, text, filter }, index) => (
        <div key={index}>
          <dt>{name}</dt>
          <dd>{filter ? <FilterValue label={filter[0]} value={filter[1]} text={text} /> : text}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf({ at, source, type, name, route = "", count, money, details }: LiveEvent): Fact[] {
  const facts: Fact[] = [
    { name: "Counted at", text: renderTime(at) },
    { name: "Source", text: source },
    { name: "Type", text: type },
    { name: "Name", text: name, filter: [type, name] },
    { name: "Route", text: route, filter: ["route", route] },
    { name: "Count", text: String(count) },
    { name: "Money", text: money ? renderMoney(money) : "" },
    ...Object.entries(details).map(([key, value]): Fact => ({
      name: key,
      text: renderDetail(value),
      filter: [key, String(value)],
    })),
  ];
  return facts.filter(({ text }) => text !== "");
}
