// The compiler in the page, so that the app needs no build of Angular's own.
import "@angular/compiler";
import {
  Component,
  effect,
  ErrorHandler,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
  provideZoneChangeDetection,
  signal,
} from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { provideRouter, RouterLink, RouterOutlet } from "@angular/router";
import { createMetrics } from "@rumkit/browser";
import { metrics } from "./metrics.js";

// Angular with its zones, which see every timer that is started within them.
if (location.search === "?zone") {
  await import("zone.js");
  Object.assign(globalThis, { createMetrics });
}

/** Angular's own writes to the console and no more. */
class MetricsErrorHandler extends ErrorHandler {
  handleError(error) {
    metrics.trackError(error);
    super.handleError(error);
  }
}

const fail = (where) => {
  throw new Error(`in ${where}`);
};

const Home = Component({
  selector: "app-home",
  imports: [RouterLink],
  template: `
    <button data-rum="handler" (click)="fail('a handler')">handler</button>
    <button data-rum="async" (click)="failLater()">async</button>
    <button data-rum="watcher" (click)="watched.set(1)">watcher</button>
    <button data-rum="render" (click)="isBroken.set(true)">render</button>
    <a routerLink="/gone" data-rum="gone">gone</a>
    <a routerLink="/about" data-rum="about">about</a>
    @if (isBroken()) { {{ fail("render") }} } @else { whole }`,
})(
  class {
    watched = signal(0);
    isBroken = signal(false);
    fail = fail;
    constructor() {
      effect(() => this.watched() > 0 && fail("an effect"));
    }
    async failLater() {
      fail("an async handler");
    }
  },
);

const About = Component({ selector: "app-about", template: "<h1>{{ title }}</h1>" })(
  class {
    title = "About";
  },
);
const Root = Component({
  selector: "#app",
  imports: [RouterOutlet],
  template: "<h2>{{ title }}</h2><router-outlet />",
})(
  class {
    title = "App";
  },
);

const app = await bootstrapApplication(Root, {
  providers: [
    globalThis.Zone
      ? [provideZoneChangeDetection(), provideAppInitializer(() => void createMetrics({ url: "/nowhere" }))]
      : [],
    provideBrowserGlobalErrorListeners(),
    { provide: ErrorHandler, useClass: MetricsErrorHandler },
    provideRouter([
      { path: "", pathMatch: "full", redirectTo: "home" },
      { path: "home", component: Home },
      { path: "about", component: About },
      { path: "gone", loadComponent: () => import(/* @vite-ignore */ `${location.origin}/assets/gone.js`) },
    ]),
  ],
});
void app.whenStable().then(() => {
  globalThis.isStable = true;
});
