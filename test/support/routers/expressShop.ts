import type express from "express";
import { filesFolder, listenTo, type StartShop } from "./shopServer.ts";

export function expressShop(create: typeof express): StartShop {
  return (collector) => {
    const app = create();
    app.use(collector.nodeHttpMetrics());
    app.use("/products", (request, response, next) => {
      if (request.method === "OPTIONS") response.status(204).end();
      else next();
    });
    app.use("/admin", (_request, response) => void response.status(401).send("no"));
    app.get("/admin/users/:id", (_request, response) => void response.send("user"));
    // The first has it pass on, to the route of another pattern that answers.
    app.get("/products/:name", (_request, _response, next) => next("route"));
    app.route("/products/:id").get((_request, response) => void response.send("product"));
    app.post("/orders", (_request, response) => void response.status(201).send("made"));
    const fail: express.RequestHandler = () => {
      throw new Error("broken");
    };
    app.get("/fail/:id", fail);
    const deep = create.Router();
    deep.get("/deep/:name", (_request, response) => void response.send("deep"));
    const api = create.Router();
    api.get("/products/:id", (_request, response) => void response.send("product"));
    api.get("/fail/:id", fail);
    api.use("/v1", deep);
    app.use("/api", api);
    const team = create.Router({ mergeParams: true });
    team.get("/members", (_request, response) => void response.send("members"));
    app.use("/teams/:team", team);
    app.use("/rpc", (_request, response) => void response.send("rpc"));
    const mounted = create();
    mounted.get("/", (_request, response) => void response.send("mounted"));
    mounted.get("/page/:page", (_request, response) => void response.send("page"));
    app.use("/mounted", mounted);
    app.use("/assets", create.static(filesFolder()));
    const answerError: express.ErrorRequestHandler = (_error, _request, response, _next) =>
      void response.status(500).send("sorry");
    app.use(answerError);
    return listenTo(app);
  };
}
