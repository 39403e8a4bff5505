/** The same small shop as the routers of several frameworks have it, each as its documents say. */
import express from "express";
import express4 from "express-4";
import { Hono } from "hono";
import { Hono as Hono46 } from "hono-4-6";
import { expressShop } from "./expressShop.ts";
import { fastifyShop } from "./fastifyShop.ts";
import { honoShop } from "./honoShop.ts";
import { h3Shop, koaShop, polkaShop } from "./namedShops.ts";
import { nestShop } from "./nestShop.ts";
import type { StartShop } from "./shopServer.ts";

export const ZOO: Readonly<Record<string, StartShop>> = {
  Hono: honoShop(Hono),
  "Hono 4.6": honoShop(Hono46 as unknown as typeof Hono),
  "Express 5": expressShop(express),
  "Express 4": expressShop(express4),
  Fastify: fastifyShop,
  Koa: koaShop,
  Polka: polkaShop,
  h3: h3Shop,
  NestJS: nestShop,
};
