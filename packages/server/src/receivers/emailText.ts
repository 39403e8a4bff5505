import type { Notice } from "../notices/notice.ts";
import { cutText } from "./cutText.ts";
import { type AlertText, moreText, type NoticeLevel, textOfNotice } from "./noticeText.ts";

/** A rendered mail, without sender and recipients. */
export interface EmailBody {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The left part of `Message-ID`, from the id of the notice: the same over all attempts. */
  readonly messageId: string;
  /** The left part of `References`, from the episode: programs show its mails as one thread. */
  readonly threadId: string;
}

/** Code units. A subject is shown up to some 70; a line of a header has at most 998 bytes (RFC 5322, section 2.1.1). */
const MAX = { subject: 200, text: 4_000, fact: 1_000, alerts: 50 };

const COLORS: Readonly<Record<NoticeLevel, string>> = {
  critical: "#d32f2f",
  warning: "#b26a00",
  info: "#1565c0",
  resolved: "#2e7d32",
};

export function renderEmail(notice: Notice): EmailBody {
  const { title, note, level, alerts, leftOut } = textOfNotice(notice, MAX.alerts);
  const more = leftOut === 0 ? "" : moreText(leftOut);
  return {
    subject: cutText(title, MAX.subject),
    text: [title, note, ...alerts.map(textOf), more].filter((part) => part !== "").join("\n\n"),
    html: [
      '<!doctype html><html lang="en"><meta charset="utf-8"><body style="font-family:sans-serif">',
      `<h2 style="color:${COLORS[level]}">${escapeHtml(title, MAX.subject)}</h2>`,
      paragraph(note),
      ...alerts.map(htmlOf),
      paragraph(more),
      "</body></html>",
    ].join("\n"),
    messageId: idOf(notice.id),
    threadId: idOf(notice.episode),
  };
}

function textOf({ name, summary, description, facts, links }: AlertText): string {
  const lines = [
    `${name}: ${cutText(summary, MAX.text)}`,
    cutText(description, MAX.text),
    ...[...facts, ...links].map(([fact, text]) => `${fact}: ${cutText(text, MAX.text)}`),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function htmlOf({ name, severity, summary, description, facts, links }: AlertText): string {
  const heading = severity === "" ? name : `${name} (${severity})`;
  const rows = facts.map(
    ([fact, text]) =>
      `<tr><td style="color:#666;padding-right:1em">${fact}</td><td>${escapeHtml(text, MAX.fact)}</td></tr>`,
  );
  // The URL was normalized: it has no quote, and no character that HTML obeys but "&".
  const anchors = links.map(([label, url]) => `<a href="${url.replaceAll("&", "&amp;")}">${label}</a>`);
  return [
    `<h3>${escapeHtml(heading, MAX.fact)}</h3>`,
    paragraph(summary),
    paragraph(description),
    `<table>${rows.join("")}</table>`,
    anchors.length === 0 ? "" : `<p>${anchors.join(" &middot; ")}</p>`,
  ].join("\n");
}

function paragraph(text: string): string {
  return text === "" ? "" : `<p style="white-space:pre-line">${escapeHtml(text, MAX.text)}</p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string, max: number): string {
  return cutText(text, max, {
    escape: (part) => part.replace(/[&<>"']/g, (character) => ENTITIES[character]!),
  });
}

function idOf(text: string): string {
  return text.slice(0, 200).replace(/[^A-Za-z0-9-]/g, "_");
}
