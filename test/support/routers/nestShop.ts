import "reflect-metadata";
import { Controller, Get, HttpException, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { onTestFinished } from "vitest";
import type { StartShop } from "./shopServer.ts";

/** Decorators as functions: what TypeScript and SWC make of them under `experimentalDecorators`. */
export const nestShop: StartShop = async (collector) => {
  class ShopController {
    text(): string {
      return "ok";
    }
    made(): string {
      return "made";
    }
    fail(): never {
      throw new Error("broken");
    }
    refuse(): never {
      throw new HttpException("no", 401);
    }
  }
  const decorate = (path: string, method: keyof ShopController, name: string, verb = Get): void => {
    const descriptor = { ...Object.getOwnPropertyDescriptor(ShopController.prototype, method)! };
    const value = (...args: unknown[]): unknown =>
      Reflect.apply(descriptor.value as () => unknown, undefined, args);
    Object.defineProperty(ShopController.prototype, name, { value, configurable: true, writable: true });
    verb(path)(
      ShopController.prototype,
      name,
      Object.getOwnPropertyDescriptor(ShopController.prototype, name)!,
    );
  };
  decorate("admin/users/:id", "refuse", "admin");
  decorate("products/:id", "text", "product");
  decorate("orders", "made", "order", Post);
  decorate("fail/:id", "fail", "failing");
  decorate("api/products/:id", "text", "apiProduct");
  decorate("api/fail/:id", "fail", "apiFailing");
  decorate("api/v1/deep/:name", "text", "deep");
  decorate("teams/:team/members", "text", "members");
  Controller()(ShopController);
  class ShopModule {
    readonly name = "shop";
  }
  Module({ controllers: [ShopController] })(ShopModule);
  const app = await NestFactory.create(ShopModule, { logger: false });
  app.use(collector.nodeHttpMetrics());
  app.enableCors();
  await app.listen(0, "127.0.0.1");
  onTestFinished(() => app.close());
  return (await app.getUrl()).replace("[::1]", "127.0.0.1");
};
