import { linkEndsAt } from "@rumkit/protocol";
import { createRoot } from "react-dom/client";
import { LivePage } from "../page/LivePage.tsx";
import { createLiveApi } from "../stream/liveApi.ts";
import { createLiveStore } from "../stream/liveStore.ts";
import { createLiveToken } from "../stream/liveToken.ts";
import { createStream } from "../stream/stream.ts";
import { createUplotChart } from "../chart/uplotChart.ts";

const store = createLiveStore();

// Relative to the page's path, so it works under any prefix of the collector.
const base = location.pathname.replace(/\/+$/, "");
const token = createLiveToken(window);
const startStream = () =>
  createStream({
    url: `${base}/metrics`,
    token: token.get,
    onFrame: store.onFrame,
    onConnection: store.onConnection,
  });

let stream = startStream();
// An open stream would keep the page out of the back/forward cache and occupy one of the collector's connections.
addEventListener("pagehide", () => stream.stop());
addEventListener("pageshow", (event) => {
  if (event.persisted) stream = startStream();
});

const restart = () => {
  stream.stop();
  stream = startStream();
};
const onToken = (given: string) => {
  token.set(given);
  restart();
};
token.listen(restart);

const root = document.querySelector<HTMLMetaElement>("meta[name=collector]")!.content;

createRoot(document.getElementById("root")!).render(
  <LivePage
    store={store}
    api={createLiveApi(base, token.get)}
    createChart={createUplotChart}
    onToken={onToken}
    linkEndsAt={() => linkEndsAt(token.get() ?? "")}
    hasToken={() => token.get() !== undefined}
    onRetry={() => stream.retry()}
    collector={new URL(root, location.href).href.replace(/\/$/, "")}
  />,
);
