import { useEffect, useState, useSyncExternalStore } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { renderTime } from "../numbers/format.ts";
import { titleWhileMissed } from "../overview/Banner.tsx";
import type { LiveApi } from "../stream/liveApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import type { LiveStore } from "../stream/liveStore.ts";
import { Content } from "./Content.tsx";
import { ConnectionStatus, freshnessOf } from "./ConnectionStatus.tsx";
import { Controls } from "./Controls.tsx";
import { TokenForm } from "./TokenForm.tsx";
import { useAddress } from "./useAddress.ts";
import { useKiosk } from "./useKiosk.ts";
import { useNow } from "./useNow.ts";

interface LivePageProps {
  store: LiveStore;
  api: LiveApi;
  createChart: CreateChart;
  /** Called with the token that the viewer entered, if the collector requires one. */
  onToken: (token: string) => void;
  /** Returns true if the stream was opened with a token. A denial then means that the token is wrong. */
  hasToken: () => boolean;
  /** Tries to reach the collector now. */
  onRetry: () => void;
  /** The address of the collector, without a slash at its end. */
  collector: string;
}

/** The live page: status, views of what the collector counts, and what to do if there is nothing to see. */
export function LivePage({ store, onToken, hasToken, onRetry, ...rest }: LivePageProps) {
  const { live, connection, retryAt, pausedAt } = useSyncExternalStore(store.subscribe, store.getView);
  const now = useNow();
  const lastFrameAt = store.getLastFrameAt();
  const age = lastFrameAt === undefined ? undefined : Math.max(0, now - lastFrameAt);
  const [address, setAddress] = useAddress();
  const kiosk = useKiosk();
  const wasDenied = useWasDenied(connection);
  const isPaused = pausedAt !== undefined;
  useTitle(live);
  useKeys({ onPause: () => store.setPaused(!isPaused), onKiosk: kiosk.toggle });

  return (
    <div className="page" data-kiosk={kiosk.isOn} data-freshness={freshnessOf(age)} data-paused={isPaused}>
      <header className="pageHeader">
        <Logo />
        <h1>
          {live.app || "rumkit"} <span className="hint">live</span>
        </h1>
        <ConnectionStatus
          connection={connection}
          age={age}
          isPaused={isPaused}
          retryIn={retryAt === undefined ? undefined : Math.max(0, retryAt - now)}
          onRetry={onRetry}
        />
        {kiosk.isOn && <time className="clock">{renderTime(now)}</time>}
        {!kiosk.isOn && !wasDenied && (
          <Controls
            window={address.window}
            onWindow={(window) => setAddress({ window })}
            pausedAt={pausedAt}
            onPaused={store.setPaused}
          >
            <button type="button" className="pause" onClick={kiosk.toggle}>
              Wall display
            </button>
          </Controls>
        )}
      </header>
      {/* Without a token, the page does not know whether there are events. */}
      {wasDenied ? (
        <main>
          <TokenForm isWrong={connection === "denied" && hasToken()} onToken={onToken} />
        </main>
      ) : (
        <Content
          live={live}
          address={address}
          setAddress={setAddress}
          kiosk={kiosk}
          isPaused={isPaused}
          {...rest}
        />
      )}
    </div>
  );
}

function useWasDenied(connection: string): boolean {
  const [wasDenied, setWasDenied] = useState(false);
  // The form stays while a token is tried, so that it keeps its input.
  if (connection === "denied" && !wasDenied) setWasDenied(true);
  if (connection === "live" && wasDenied) setWasDenied(false);
  return wasDenied;
}

/** Shows in the title whether something is wrong: it is all that a tab in the background shows. */
function useTitle({ app, board }: LiveState): void {
  const missed = titleWhileMissed(board?.objectives ?? []);
  useEffect(() => {
    document.title = app ? `${missed ? `${missed} · ` : ""}${app} · live` : "Live · rumkit";
    document.documentElement.dataset["alarm"] = String(missed !== undefined);
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon) icon.href = icon.href.replace(/%23(4f7cff|c8232c)/, missed ? "%23c8232c" : "%234f7cff");
  }, [app, missed]);
}

/** Keys: space pauses, k shows the wall display. Ignored while a control has the focus. */
function useKeys({ onPause, onKiosk }: { onPause: () => void; onKiosk: () => void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as Element;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest("input, select, button, summary, [tabindex]")
      )
        return;
      if (event.key === " ") {
        event.preventDefault();
        onPause();
      } else if (event.key === "k") onKiosk();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M5 17h5l3-8 5 14 4-9 2 3h3" />
    </svg>
  );
}
