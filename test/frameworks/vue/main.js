import { createApp, h, ref, watch } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";
import { metrics } from "./metrics.js";

const fail = (where) => {
  throw new Error(`in ${where}`);
};

const Home = {
  setup() {
    const watched = ref(0);
    watch(watched, () => fail("a watcher"));
    const isBroken = ref(false);
    const button = (name, onClick) => h("button", { "data-rum": name, onClick }, name);
    return () => [
      button("handler", () => fail("a handler")),
      button("async", async () => fail("an async handler")),
      button("watcher", () => (watched.value += 1)),
      button("render", () => (isBroken.value = true)),
      h(RouterLink, { to: "/gone", "data-rum": "gone" }, () => "gone"),
      h(RouterLink, { to: "/about", "data-rum": "about" }, () => "about"),
      isBroken.value ? h({ render: () => fail("render") }) : "whole",
    ];
  },
};

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", redirect: "/home" },
    { path: "/home", component: Home },
    { path: "/about", component: { render: () => h("h1", "About") } },
    // A chunk that a deployment has removed.
    { path: "/gone", component: () => import(/* @vite-ignore */ `${location.origin}/assets/gone.js`) },
  ],
});

const app = createApp({ render: () => h(RouterView) });
app.config.errorHandler = (error) => metrics.trackError(error);
router.onError((error) => metrics.trackError(error));
app.use(router).mount("#app");
