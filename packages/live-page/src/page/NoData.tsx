import type { Connection } from "../stream/stream.ts";

interface NoDataProps {
  connection: Connection;
  /** The address of the collector, without a slash at its end. */
  collector: string;
}

/** Fills the page before its first frame. Says why data is missing, and what to do. */
export function NoData({ connection, collector }: NoDataProps) {
  const [title, advice] = textFor(connection, collector);
  return (
    <section className="noData">
      <h2>{title}</h2>
      {advice && <p>{advice}</p>}
    </section>
  );
}

function textFor(connection: Connection, collector: string): readonly [title: string, advice?: string] {
  switch (connection) {
    case "reconnecting":
      return [
        `No answer from ${collector}`,
        "Is the collector running, and this machine online? The page tries again by itself.",
      ];
    case "full":
      return [
        "Every place for a viewer is taken",
        "The collector limits its viewers, in all and for each address. Close a live page in another window or on another machine; this one tries again by itself.",
      ];
    case "stopping":
      return [
        "The collector is stopping",
        "It takes no new viewers. The page opens by itself when the collector runs again.",
      ];
    case "connecting":
    case "live":
    case "denied":
    case "linkEnded":
    case "linkRevoked":
    case "badLink":
      return ["Waiting for data from the collector…"];
  }
}
