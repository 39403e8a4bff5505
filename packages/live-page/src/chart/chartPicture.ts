/** The margin around the chart and the height of its title, in CSS pixels. */
const MARGIN = 16;
const TITLE = 24;

/** Returns a picture of the chart in a box, with its title and the colors of the page. Undefined without a chart. */
export async function chartPicture(box: HTMLElement, title: string): Promise<Blob | undefined> {
  const chart = box.querySelector("canvas");
  const picture = document.createElement("canvas");
  const ctx = picture.getContext("2d");
  if (!chart || !ctx) return undefined;
  const scale = devicePixelRatio;
  picture.width = chart.width + 2 * MARGIN * scale;
  picture.height = chart.height + (2 * MARGIN + TITLE) * scale;
  const style = getComputedStyle(box);
  ctx.fillStyle = style.getPropertyValue("--card").trim();
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.fillStyle = style.getPropertyValue("--text").trim();
  ctx.font = `600 ${14 * scale}px system-ui, sans-serif`;
  ctx.textBaseline = "top";
  ctx.fillText(title, MARGIN * scale, MARGIN * scale);
  ctx.drawImage(chart, MARGIN * scale, (MARGIN + TITLE) * scale);
  return new Promise((resolve) => picture.toBlob((blob) => resolve(blob ?? undefined), "image/png"));
}
