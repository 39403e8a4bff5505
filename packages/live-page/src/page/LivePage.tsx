import { useEffect, useState, useSyncExternalStore } from "react";
import { titleWhileFiring } from "../alerts/AlertBanner.tsx";
import { useAlerts } from "../alerts/useAlerts.ts";
import type { CreateChart } from "../chart/chart.ts";
import { renderTime } from "../numbers/format.ts";
import { titleWhileMissed } from "../overview/Banner.tsx";
import type { LiveApi } from "../stream/liveApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import type { LiveStore } from "../stream/liveStore.ts";
import { type Connection, isDenied } from "../stream/stream.ts";
import { Content, type ContentProps } from "./Content.tsx";
import { ConnectionStatus, freshnessOf, renderStatus } from "./ConnectionStatus.tsx";
import { Controls } from "./Controls.tsx";
import { NoData } from "./NoData.tsx";
import { ShareMenu } from "./ShareMenu.tsx";
import { denialText, TokenForm } from "./TokenForm.tsx";
import { useAddress } from "./useAddress.ts";
import { useKeptFocus } from "./useKeptFocus.ts";
import { useKiosk } from "./useKiosk.ts";
import { useNow } from "./useNow.ts";
import { WallSetup } from "./WallSetup.tsx";

interface LivePageProps {
  store: LiveStore;
  api: LiveApi;
  createChart: CreateChart;
  /** Called with the token that the viewer entered, if the collector requires one. */
  onToken: (token: string) => void;
  /** Returns true if the stream was opened with a token. A denial then means that the token is wrong. */
  hasToken: () => boolean;
  /** Returns the end of the read-only link by which the viewer came, in ms since 1970; undefined without a link. */
  linkEndsAt: () => number | undefined;
  /** Tries to reach the collector now. */
  onRetry: () => void;
  /** The address of the collector, without a slash at its end. */
  collector: string;
}

/** The live page: status, views of what the collector counts, and what to do if there is nothing to see. */
export function LivePage(props: LivePageProps) {
  const { store, onToken, hasToken, linkEndsAt, onRetry: _header, ...rest } = props;
  const view = useSyncExternalStore(store.subscribe, store.getView);
  const { live, connection, alerts: alertState } = view;
  const now = useNow();
  const age = ageOf(store.getLastFrameAt(), now);
  const [address, setAddress] = useAddress();
  const kiosk = useKiosk();
  const wasDenied = useWasDenied(connection);
  const isPaused = view.pausedAt !== undefined;
  const hasData = !wasDenied && live.figures.length > 0;
  const word = renderStatus({ connection, age, isPaused, hasToken: hasToken() });
  const fault = denialText(connection, hasToken(), linkEndsAt());
  const alerts = useAlerts(rest.api.alerts, alertState, hasData && address.view === "alerts");
  useTitle(live, word, titleWhileFiring(alerts.answer, alertState));
  useKeptFocus();
  useKeys({ onPause: () => store.setPaused(!isPaused), onKiosk: kiosk.toggle });
  const shared = { address, setAddress, kiosk, now };

  return (
    <div className="page" data-kiosk={kiosk.isOn} data-freshness={freshnessOf(age)} data-paused={isPaused}>
      <PageHeader {...props} {...shared} word={word} age={age} hasData={hasData} />
      {hasData ? (
        <Content
          live={live}
          isPaused={isPaused}
          alerts={alerts}
          alertState={alertState}
          {...shared}
          {...rest}
        />
      ) : (
        <main>
          {wasDenied && <TokenForm fault={fault} onToken={onToken} />}
          {!wasDenied && <NoData connection={connection} collector={rest.collector} />}
        </main>
      )}
    </div>
  );
}

interface PageHeaderProps
  extends LivePageProps, Pick<ContentProps, "address" | "setAddress" | "kiosk" | "now"> {
  /** The state of the connection. */
  word: string;
  /** The age of the data, in ms. */
  age: number | undefined;
  hasData: boolean;
}

function PageHeader({ store, word, now, age, hasData, kiosk, onRetry, ...props }: PageHeaderProps) {
  const { live, connection, retryAt, pausedAt } = store.getView();
  return (
    <header className="pageHeader">
      <Logo />
      <Title app={live.app} isLive={word === "Live"} />
      <ConnectionStatus
        word={word}
        connection={connection}
        age={age}
        isPaused={pausedAt !== undefined}
        retryIn={retryAt === undefined ? undefined : Math.max(0, retryAt - now)}
        onRetry={onRetry}
      />
      {kiosk.isOn && <WallClock now={now} onLeave={kiosk.toggle} />}
      {!kiosk.isOn && hasData && (
        <Controls
          window={props.address.window}
          hasHours={live.board?.layout !== undefined}
          onWindow={(window) => props.setAddress({ window })}
          pausedAt={pausedAt}
          waiting={store.getWaiting()}
          isReceiving={connection === "live"}
          onPaused={store.setPaused}
        >
          {props.hasToken() && (
            <ShareMenu share={props.api.share} endLink={props.api.endLink} linkEndsAt={props.linkEndsAt()} />
          )}
          <WallSetup figures={live.figures} layout={live.board?.layout} kiosk={kiosk} />
        </Controls>
      )}
    </header>
  );
}

function Title({ app, isLive }: { app: string; isLive: boolean }) {
  return (
    <h1>
      {app || "rumkit"} {isLive && <span className="hint">live</span>}
    </h1>
  );
}

function ageOf(lastFrameAt: number | undefined, now: number): number | undefined {
  return lastFrameAt === undefined ? undefined : Math.max(0, now - lastFrameAt);
}

/** The time, and a button that only a pointer or the keyboard shows. */
function WallClock({ now, onLeave }: { now: number; onLeave: () => void }) {
  return (
    <>
      <button type="button" className="leaveWall" onClick={onLeave}>
        Leave the wall display
      </button>
      <time className="clock">{renderTime(now)}</time>
    </>
  );
}

function useWasDenied(connection: Connection): boolean {
  const [wasDenied, setWasDenied] = useState(false);
  // The form stays while a token is tried, so that it keeps its input.
  if (isDenied(connection) && !wasDenied) setWasDenied(true);
  if (connection === "live" && wasDenied) setWasDenied(false);
  return wasDenied;
}

/** Shows in the title whether something is wrong: it is all that a tab in the background shows. */
function useTitle({ app, board }: LiveState, word: string, firing: string | undefined): void {
  const missed = firing ?? titleWhileMissed(board?.objectives ?? []);
  useEffect(() => {
    document.title = [missed, app || "rumkit", word.toLowerCase()].filter(Boolean).join(" · ");
    document.documentElement.dataset["alarm"] = String(missed !== undefined);
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon) icon.href = icon.href.replace(/%23(4f7cff|c8232c)/, missed ? "%23c8232c" : "%234f7cff");
  }, [app, missed, word]);
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
        target.closest("input, select, textarea, button, summary, dialog, [tabindex]")
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
