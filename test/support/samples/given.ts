/**
 * The values that samples of the docs take as given: those of an earlier sample of the page, and those of an app. This
 * file is compiled with the samples, and never run.
 */
import http2 from "node:http2";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Metrics } from "@rumkit/browser";
import type { Collector } from "@rumkit/server";
import type { FastifyInstance } from "fastify";
import type { Context, Hono } from "hono";
import type Koa from "koa";
import type { ReactNode } from "react";
import type { createBrowserRouter } from "react-router";
import type { catalog } from "./catalog.ts";

// What the packages export.
export { createMetrics, workers } from "@rumkit/browser";
export { defineCatalog } from "@rumkit/protocol";
export { MetricsErrorBoundary, MetricsProvider, rootErrorHandlers, routerErrorHandler } from "@rumkit/react";
export { useConversion, useFormTracking, useMeasure } from "@rumkit/react";
export { createCollector, experienceOf, openSqliteJournal, serveCollector } from "@rumkit/server";

// What an app on a server has.
type NodeHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
interface ConnectApp {
  (request: IncomingMessage, response: ServerResponse): void;
  use: ((handler: NodeHandler) => unknown) & ((prefix: string, handler: NodeHandler) => unknown);
}
interface Polka {
  use: (handler: NodeHandler) => Polka;
  get: (pattern: string, handler: (request: IncomingMessage, response: ServerResponse) => void) => Polka;
}
export interface Order {
  readonly id: string;
}
export { createServer } from "node:http";
export { serve } from "@hono/node-server";
export { H3, toNodeHandler } from "h3";
export { http2 };
export declare const plans: readonly { plan: "basic" | "pro"; sold: number }[];
export declare const collector: Collector<typeof catalog>;
export declare const app: Hono & ConnectApp;
export declare const fastify: FastifyInstance;
export declare const koa: Koa;
export declare const pool: {
  execute: (sql: string, done: (error: Error | null, rows?: readonly object[]) => void) => void;
};
export declare const sql: string;
export declare const polka: () => Polka;
export declare const measure: RequestListener;
export declare const c: Context;
export declare const key: string;
export declare const cert: string;
export declare const token: string;
export declare const url: string;
export declare const order: { id: string; value: number; currency: "USD" };
export declare const makeReport: () => Promise<string>;
export declare const generate: (
  model: string,
) => AsyncIterable<{ readonly text: string; readonly tokens: number }>;
export declare const toBytes: (
  chunks: AsyncIterable<{ readonly text: string }>,
) => ReadableStream<Uint8Array>;
export declare const fetchUsers: () => Promise<readonly string[]>;

// What a queue of another library has: BullMQ's `Worker`.
interface Job {
  readonly data: string;
}
export declare class Worker {
  constructor(queue: string, run: (job: Job) => Promise<void>);
  close: () => Promise<void>;
}
export declare const send: (mail: string) => Promise<void>;

// What an app in the page has.
export { createRoot, hydrateRoot } from "react-dom/client";
export { BrowserRouter, Route, RouterProvider } from "react-router";
export { HydratedRouter } from "react-router/dom";
export { expect } from "vitest";
export type { ReactNode } from "react";
export declare const metrics: Metrics<typeof catalog>;
export declare const worker: globalThis.Worker;
export declare const element: HTMLElement;
/** React Router's, and Vue's. */
export declare const router: ReturnType<typeof createBrowserRouter> & {
  onError: (handler: (error: unknown) => void) => void;
};
export declare const children: ReactNode;
export declare const path: string;
export declare const start: number;
export declare const pay: () => void;
export declare const Product: () => ReactNode;
export declare const Cart: () => ReactNode;
export declare const User: () => ReactNode;
export declare const render: (
  node: ReactNode,
  options: { readonly wrapper: (props: { readonly children: ReactNode }) => ReactNode },
) => object;
export declare const screen: { getByText: (text: string) => Element };
export declare const userEvent: { click: (element: Element) => Promise<void> };

// What Vue and Angular have. Their apps of test/frameworks are built and run.
export declare const App: () => ReactNode;
interface VueApp {
  config: { errorHandler?: (error: unknown, instance: unknown, where: string) => void };
}
export declare const createApp: (root: typeof App) => VueApp;
export declare class ErrorHandler {
  handleError(error: unknown): void;
}
export declare const provideBrowserGlobalErrorListeners: () => object;
export declare const bootstrapApplication: (
  root: typeof App,
  options: { readonly providers: readonly object[] },
) => Promise<object>;
