// A page of an application in a real browser: a small web server with the library under test as it was published, and
// Chromium. The pages of the house come from the server under test, with JavaScript on.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { chromium as path } from "../portico.mjs";
import { ada } from "./stage.mjs";

const empty = (/** @type {string} */ script) => `<!DOCTYPE html><title>An application</title><script src="/library.js"></script>${script}`;

/**
 * @typedef {object} Application
 * @property {string} origin
 * @property {() => Promise<import("@playwright/test").Page>} page in a browser that nobody used before
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} library the published file
 * @param {Record<string, string>} [scripts] by path: what these pages do as soon as they are there
 * @returns {Promise<Application>}
 */
export async function openApplication(library, scripts = {}) {
  const code = readFileSync(library);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const isLibrary = path === "/library.js";
    response.setHeader("content-type", isLibrary ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    response.end(isLibrary ? code : empty(path in scripts ? `<script>${scripts[path]}</script>` : ""));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath: path(), args });
  return {
    origin: `http://localhost:${address.port}`,
    page: async () => {
      // The browser of a developer who has told it to trust the authority of this machine.
      const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
      context.setDefaultTimeout(30_000);
      return context.newPage();
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** What a person does on the pages of the house. @param {import("@playwright/test").Page} page */
export async function signInOn(page) {
  await page.getByLabel("Email address").fill(ada.address);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Password", { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
