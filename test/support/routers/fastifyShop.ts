import fastify from "fastify";
import { onTestFinished } from "vitest";
import type { StartShop } from "./shopServer.ts";

export const fastifyShop: StartShop = async (collector) => {
  const app = fastify();
  app.addHook("onRequest", collector.nodeHttpMetrics());
  app.addHook("preHandler", async (request, reply) =>
    request.url.startsWith("/admin") ? reply.code(401).send("no") : undefined,
  );
  app.get("/admin/users/:id", async () => "user");
  app.get("/products/:id", async () => "product");
  app.options("/products/:id", async (_request, reply) => reply.code(204).send());
  app.post("/orders", async (_request, reply) => reply.code(201).send("made"));
  const fail = async (): Promise<never> => Promise.reject(new Error("broken"));
  app.get("/fail/:id", fail);
  await app.register(
    async (api) => {
      api.get("/products/:id", async () => "product");
      api.get("/fail/:id", fail);
      await api.register(async (deep) => void deep.get("/deep/:name", async () => "deep"), { prefix: "/v1" });
    },
    { prefix: "/api" },
  );
  await app.register(async (team) => void team.get("/members", async () => "members"), {
    prefix: "/teams/:team",
  });
  app.all("/rpc/*", async () => "rpc");
  app.get("/assets/*", async (request, reply) =>
    request.url.endsWith("app.js") ? "app();" : reply.callNotFound(),
  );
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return app.listeningOrigin;
};
