// The widget in an empty page, from a cold cache, beside widgets of others from their npm packages: what travels, when there
// is something to read and to type into, and how long the page's main thread works for it.
//
// The others' scripts are packed as small as brotli makes them and come from a server of our own; whatever they ask of their
// makers' servers is answered there at once, by the little that their first screen needs. Ours asks a real server.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "@playwright/test";
import { demo } from "../journey.mjs";
import { chromium as executable } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";
import { median } from "./page.mjs";

/** As a mid-range phone on a slow mobile network: four times slower, 1.6 Mbit/s, 150 ms there and back. */
const PHONE = { cpu: 4, network: { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 } };
const modules = join(import.meta.dirname, "node_modules");

/**
 * @typedef {object} Widget
 * @property {string} name
 * @property {string} body what a developer puts into the page
 * @property {Record<string, { type: string, body: string | Buffer }>} files by path
 * @property {(page: import("@playwright/test").Page) => Promise<unknown>} [before]
 */

/** @param {string} name */
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;

/** @param {string} contents a program of one file, and everything that it imports */
function bundled(contents) {
  const wishes = ["--bundle", "--minify", "--format=esm", "--log-level=error", "--define:global=globalThis", '--define:process.env.NODE_ENV="production"'];
  const body = execFileSync(join(modules, ".bin/esbuild"), wishes, { input: contents, cwd: dirname(modules), encoding: "utf8", maxBuffer: 64 << 20 });
  return { type: "text/javascript", body };
}

/** The first page of a sign-in, as Hanko's API tells it. */
const HANKO = {
  name: "login_init",
  status: 200,
  payload: {},
  csrf_token: "token",
  links: [],
  actions: {
    continue_with_login_identifier: {
      action: "continue_with_login_identifier",
      href: "/login?action=continue_with_login_identifier%40flow",
      description: "Enter an identifier to login.",
      inputs: { email: { name: "email", type: "email", required: true, hidden: false } },
    },
  },
};

async function hanko() {
  const name = "@teamhanko/hanko-elements";
  const script = readFileSync(join(modules, name, "dist/elements.js"));
  return /** @type {Widget} */ ({
    name: `${name} ${version(name)}`,
    body: `<script type="module">import { register } from "/elements.js"; await register("http://localhost:1");</script><hanko-auth></hanko-auth>`,
    files: { "/elements.js": { type: "text/javascript", body: script } },
    before: (page) =>
      page.route("http://localhost:1/**", (route) => {
        const asked = route.request().headers();
        const headers = {
          "access-control-allow-origin": asked.origin ?? "*",
          "access-control-allow-headers": asked["access-control-request-headers"] ?? "*",
          "access-control-allow-credentials": "true",
        };
        return route.fulfill({ headers, json: HANKO });
      }),
  });
}

async function firebase() {
  const program = `import firebase from "firebase/compat/app"; import "firebase/compat/auth"; import * as ui from "firebaseui";
firebase.initializeApp({ apiKey: "key", authDomain: "example.firebaseapp.com" });
new ui.auth.AuthUI(firebase.auth()).start("#place", { signInOptions: [firebase.auth.EmailAuthProvider.PROVIDER_ID], credentialHelper: "none" });`;
  const style = readFileSync(join(modules, "firebaseui/dist/firebaseui.css"));
  return /** @type {Widget} */ ({
    name: `firebaseui ${version("firebaseui")}`,
    body: `<link rel="stylesheet" href="/firebaseui.css"><div id="place"></div><script type="module" src="/firebase.js"></script>`,
    files: { "/firebase.js": bundled(program), "/firebaseui.css": { type: "text/css", body: style } },
    before: async (page) => {
      await page.route(/^https:/, (route) => route.fulfill({ json: {}, headers: { "access-control-allow-origin": "*" } }));
    },
  });
}

/** @param {import("../portico.mjs").Server} server @param {string} origin */
function ours(server, origin) {
  const notes = JSON.stringify({ widgetOrigins: [origin] });
  ask(server.place.databaseUrl, `update applications set notes = ${quoted(notes)} where id = ${quoted(demo.clientId)}`);
  return /** @type {Widget} */ ({
    name: "portico-sign-in",
    body: `<script type="module" src="${server.origin}/widget.js"></script><portico-sign-in tenant="demo" client-id="${demo.clientId}"></portico-sign-in>`,
    files: {},
  });
}

/** @param {import("../portico.mjs").Server} server */
export async function measureWidget(server) {
  /** @type {Widget | undefined} */
  let shown;
  const packed = new Map();
  const pages = createServer(({ url = "/" }, response) => {
    const file = shown?.files[url];
    if (url !== "/" && !file) return void response.writeHead(404).end();
    const { type, body } = file ?? { type: "text/html", body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Empty</title><link rel="icon" href="data:,">${shown?.body}</html>` };
    response.setHeader("content-type", `${type}; charset=utf-8`);
    if (!file) return void response.end(body);
    const key = `${shown?.name}${url}`;
    if (!packed.has(key)) packed.set(key, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    response.setHeader("content-encoding", "br").end(packed.get(key));
  });
  await new Promise((done) => pages.listen(0, "127.0.0.1", () => done(undefined)));
  const address = pages.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://127.0.0.1:${address.port}`;
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  const told = [];
  try {
    for (const widget of [ours(server, origin), await hanko(), await firebase()]) {
      shown = widget;
      // The first visit is for the server's own sake: it packs.
      await visit(browser, origin, widget);
      const desktop = [], phone = [];
      for (let visits = 0; visits < 5; visits++) desktop.push(await visit(browser, origin, widget));
      for (let visits = 0; visits < 3; visits++) phone.push(await visit(browser, origin, widget, PHONE));
      const [first] = desktop;
      told.push({
        name: widget.name,
        transfers: first?.transfers ?? [],
        before: first?.before ?? [],
        desktop: middle(desktop),
        phone: middle(phone),
      });
    }
    return told;
  } finally {
    await browser.close();
    pages.close();
  }
}

/** @param {Visit[]} visits */
const middle = (visits) => ({
  screen: median(visits.map(({ screen }) => screen)),
  interactive: median(visits.map(({ interactive }) => interactive)),
  work: median(visits.map(({ work }) => work)),
});

/** @typedef {Awaited<ReturnType<typeof visit>>} Visit */

/** @param {import("@playwright/test").Browser} browser @param {string} origin @param {Widget} widget @param {typeof PHONE} [conditions] */
async function visit(browser, origin, widget, conditions) {
  const context = await browser.newContext(conditions ? { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 3 } : {});
  try {
    const page = await context.newPage();
    await widget.before?.(page);
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    await wire.send("Performance.enable");
    if (conditions) {
      await wire.send("Network.emulateNetworkConditions", conditions.network);
      await wire.send("Emulation.setCPUThrottlingRate", { rate: conditions.cpu });
    }
    /** @type {Map<string, { path: string, bytes: number, ended: number }>} */
    const transfers = new Map();
    wire.on("Network.responseReceived", ({ requestId, response }) => {
      const { origin: from, pathname } = new URL(response.url);
      // The page itself is nobody's widget, and what is answered in a maker's stead weighs nothing.
      if (response.url.startsWith("data:") || `${from}${pathname}` === `${origin}/`) return;
      transfers.set(requestId, { path: pathname, bytes: 0, ended: NaN });
    });
    wire.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
      const transfer = transfers.get(requestId);
      if (transfer) transfer.bytes += encodedDataLength;
    });
    wire.on("Network.loadingFinished", ({ requestId }) => {
      const transfer = transfers.get(requestId);
      if (transfer) transfer.ended = performance.now();
    });
    let drawn = NaN;
    await page.exposeBinding("drawn", () => (drawn = performance.now()));
    // Something to type into, wherever it stands; ours is taken over when its form judges itself, the others' when it is there.
    await page.addInitScript(() => {
      /** @param {Document | ShadowRoot} root @returns {HTMLInputElement | undefined} */
      const field = (root) => {
        for (const element of root.querySelectorAll("*")) {
          if (element instanceof HTMLInputElement && ["email", "text"].includes(element.type) && element.getBoundingClientRect().height > 8 && getComputedStyle(element).visibility === "visible") return element;
          const inside = element.shadowRoot && field(element.shadowRoot);
          if (inside) return inside;
        }
      };
      const look = () => {
        const found = field(document);
        if (found && performance.getEntriesByName("screen").length === 0) {
          performance.mark("screen");
          /** @type {any} */ (window).drawn();
        }
        const is_ours = document.querySelector("portico-sign-in");
        if (found && (!is_ours || found.form?.noValidate)) performance.mark("interactive");
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(origin, { waitUntil: "load" });
    await page.waitForFunction(() => performance.getEntriesByName("interactive").length > 0, undefined, { timeout: 60_000 });
    await page.waitForTimeout(500);
    const times = await page.evaluate(() => {
      const at = (/** @type {string} */ name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
      return { screen: at("screen"), interactive: at("interactive") };
    });
    const { metrics } = await wire.send("Performance.getMetrics");
    const work = (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN) * 1000;
    const all = [...transfers.values()].filter(({ bytes }) => bytes > 0);
    return { transfers: all, before: all.filter(({ ended }) => ended <= drawn), work, ...times };
  } finally {
    await context.close();
  }
}
