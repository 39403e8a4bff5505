import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Builder, By, type WebDriver } from "selenium-webdriver";
import { freePort } from "../freePort.ts";
import { startDisplay } from "./display.ts";
import { type Engine, type EnginePage, expressionOf } from "./engine.ts";

/** WebKitGTK's MiniBrowser, by WebDriver. */
export async function startWebkit(): Promise<Engine> {
  const display = await startDisplay();
  const home = await mkdtemp(join(tmpdir(), "rumkit-webkit-"));
  const port = await freePort();
  const service = spawn(process.env["WEBKIT_DRIVER_PATH"] ?? "WebKitWebDriver", [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display.name, HOME: home, XDG_RUNTIME_DIR: home },
    stdio: "ignore",
    // A separate process group, with everything that the browser starts.
    detached: true,
  });
  const stop = async (): Promise<void> => {
    const ended = once(service, "exit");
    process.kill(-service.pid!, "SIGTERM");
    await ended;
    await display.close();
    await rm(home, { recursive: true });
  };

  try {
    const driver = await connect(`http://127.0.0.1:${port}`);
    // It stays open: without a tab the browser ends, and with it what is on its way.
    const first = await driver.getWindowHandle();
    return {
      open: async (url) => {
        // From another tab, as the one before may be closed. In a separate window, since a second tab of
        // a window stays hidden, and a user closes what is visible.
        await driver.switchTo().window(first);
        await driver.switchTo().newWindow("window");
        const handle = await driver.getWindowHandle();
        await driver.get(url);
        return drive(driver, handle);
      },
      quit: async () => {
        await driver.quit();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the browser once its driver listens. */
async function connect(url: string): Promise<WebDriver> {
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${url}/status`).catch(() => undefined);
    if (answer?.ok) break;
    if (tries === 2_000) throw new Error("WebKitWebDriver does not answer.");
    await wait(50);
  }
  return new Builder().usingServer(url).withCapabilities({ browserName: "MiniBrowser" }).build();
}

/** WebDriver has one current tab, so each command goes to its own first. */
function drive(driver: WebDriver, handle: string): EnginePage {
  const there = (): Promise<void> => driver.switchTo().window(handle);
  return {
    evaluate: async (call) => {
      await there();
      return driver.executeScript(`return ${expressionOf(call)}`);
    },
    goto: async (url) => {
      await there();
      await driver.get(url);
    },
    goBack: async () => {
      await there();
      await driver.navigate().back();
    },
    click: async (selector) => {
      await there();
      await driver.findElement(By.css(selector)).click();
    },
    closeTab: async () => {
      await there();
      await driver.close();
    },
  };
}
