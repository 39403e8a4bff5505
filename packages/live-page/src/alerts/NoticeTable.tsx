import type { LiveNotice } from "@rumkit/protocol";
import { cutLine, renderMoment } from "./alertText.ts";

/** A notice's state in words. `unknown`: it may have been accepted, so it is not sent again. */
const STATES: Readonly<Record<LiveNotice["state"], string>> = {
  waiting: "waiting",
  delivered: "delivered",
  failed: "failed",
  unknown: "not known",
};

interface NoticeTableProps {
  notices: readonly LiveNotice[];
  /** The name of the alert. */
  name: string;
  now: number;
}

/** The notices of an episode, and how far they are. */
export function NoticeTable({ notices, name, now }: NoticeTableProps) {
  return (
    <div className="scroller" tabIndex={0} role="region" aria-label={`Notices of ${cutLine(name)}`}>
      <table className="alertTable">
        <thead>
          <tr>
            {["Receiver", "Notice", "When", "State", "Error"].map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {notices.map((notice, index) => (
            <tr key={index} data-bad={notice.state === "failed"}>
              <td className="name">{cutLine(notice.receiver)}</td>
              <td>{cutLine(notice.reason)}</td>
              <td className="time">{renderMoment(notice.at, now)}</td>
              <td className="noticeState">
                {STATES[notice.state] ?? cutLine(notice.state)}
                {notice.attempts > 1 && `, ${notice.attempts} attempts`}
              </td>
              <td className="hint">{notice.error && cutLine(notice.error)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
