import type { Notice } from "../notices/notice.ts";
import { cutText } from "./cutText.ts";
import { moreText, type NoticeText, textOfNotice } from "./noticeText.ts";

/** Two parts of a message: 153 septets of GSM-7 each, or 67 code units of UCS-2 (3GPP TS 23.040, section 9.2.3.24.1). */
const MAX_SEPTETS = 306;
const MAX_UNITS = 134;

/** The alphabet of GSM-7 (3GPP TS 23.038, section 6.2.1), without the escape. Its extension takes two septets each. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("^{}\\[~]|€");

/** Typographic characters, of which one would halve the room of a message. */
const PLAIN: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": "-",
  "…": "...",
  "\u00A0": " ",
  "×": "x",
  "·": "-",
  "•": "-",
  "`": "'",
  µ: "u",
};

/** Renders a notice as at most two parts. A link is there as a whole, or not at all. */
export function renderSms(notice: Notice): string {
  const words = textOfNotice(notice, 1);
  const text = toPlain(bodyOf(words));
  const link = linkOf(words);
  const isGsm = septetsOf(text) !== undefined && (link === "" || septetsOf(link) !== undefined);
  const measure = (part: string): number => (isGsm ? (septetsOf(part) ?? part.length * 2) : part.length);
  const max = isGsm ? MAX_SEPTETS : MAX_UNITS;
  // A long link would leave no room for what it is about.
  const kept = link !== "" && measure(link) <= max / 2 ? ` ${link}` : "";
  const cut = cutText(text, max - measure(kept), { measure, mark: isGsm ? "..." : "…" });
  return cut + kept;
}

function bodyOf({ title, note, alerts, leftOut }: NoticeText): string {
  const facts = new Map(alerts[0]!.facts);
  const isFiring = facts.has("For");
  const sentences = [
    title,
    leftOut === 0 ? `Value ${facts.get("Value")}` : "",
    `${isFiring ? "For" : "Lasted"} ${facts.get("For") ?? facts.get("Lasted")}, since ${facts.get("Since")}`,
    facts.has("Release") ? `Release ${facts.get("Release")}` : "",
    note,
    leftOut > 0 ? moreText(leftOut) : "",
  ];
  return sentences
    .filter((sentence) => sentence !== "")
    .map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`))
    .join(" ");
}

function linkOf({ alerts }: NoticeText): string {
  const links = new Map(alerts[0]!.links);
  return links.get("Live page") ?? links.get("Runbook") ?? "";
}

function toPlain(text: string): string {
  return text.replace(/[‘’“”–—…\u00A0×·•`µ]/g, (character) => PLAIN[character]!);
}

/** The septets of a text in GSM-7; undefined if it needs UCS-2. */
function septetsOf(text: string): number | undefined {
  let septets = 0;
  for (const character of text) {
    if (BASIC.has(character)) septets += 1;
    else if (EXTENSION.has(character)) septets += 2;
    else return undefined;
  }
  return septets;
}
