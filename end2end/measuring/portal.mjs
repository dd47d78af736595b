// The portal in a real browser: what travels until an administrator's first screen is there, and then, screen by screen, how
// many times something is asked for that waits for something before, and how long the browser's one thread works.

import { chromium } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { chromium as executable } from "../portico.mjs";
import { median } from "./page.mjs";

const ROUNDS = 5;
/** So slow that what waits for an answer begins plainly later, in milliseconds. */
const LATENCY = 200;

/** @typedef {{ url: string, from: number, to: number }} Asked */

/** @param {import("../portico.mjs").Server} server */
export async function measurePortal(server) {
  const link = /\S+\/admin\/setup\?token=[\w-]+/.exec(server.run("administrator", "link"))?.[0] ?? "";
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    await comesIn(page, link);
    const wire = await page.context().newCDPSession(page);
    await wire.send("Network.enable");
    const transfers = await firstVisit(page, wire, server.origin);
    return { transfers, screens: await everyScreen(page, wire) };
  } finally {
    await browser.close();
  }
}

/** @param {import("@playwright/test").Page} page @param {import("@playwright/test").CDPSession} wire @param {string} origin */
async function firstVisit(page, wire, origin) {
  // As somebody who has never been here, but is signed in: the sign-in page is weighed by itself.
  await wire.send("Network.clearBrowserCache");
  /** @type {Map<string, { url: string, wire: number }>} */
  const transfers = new Map();
  wire.on("Network.responseReceived", ({ requestId, response }) => transfers.set(requestId, { url: response.url, wire: 0 }));
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const transfer = transfers.get(requestId);
    if (transfer) transfer.wire = encodedDataLength;
  });
  await page.goto(`${origin}/admin/user-flows`);
  await page.getByRole("rowheader").first().waitFor();
  await page.waitForLoadState("networkidle");
  // What the management API tells is no part of the portal.
  return [...transfers.values()].filter(({ url }) => !url.includes("/graph/") && !url.includes("/oauth2/"));
}

/**
 * Every screen, as somebody comes to it who is at work: from another screen, by a link.
 * @param {import("@playwright/test").Page} page @param {import("@playwright/test").CDPSession} wire
 */
async function everyScreen(page, wire) {
  const follow = (/** @type {string} */ name, /** @type {string} */ within) =>
    page.getByRole("navigation", { name: within }).getByRole("link", { name, exact: true }).click();
  const first = () => page.getByRole("rowheader").getByRole("link").first().click();
  const menu = ["User flows", "Applications", "People", "Administrators", "Export and import", "Custom user attributes"];
  menu.push("All identity providers", "Branding", "Languages", "Activity");
  const tabs = ["Properties", "Applications", "Identity providers", "User attributes", "Page layouts", "Languages", "Run user flow"];
  /** What it is called, and the click that leads there from the one before. @type {[string, () => Promise<void>][]} */
  const ways = [
    ["New user flow", () => page.getByRole("link", { name: "New user flow" }).first().click()],
    ...menu.map((name) => /** @type {[string, () => Promise<void>]} */ ([name, () => follow(name, "Main")])),
    ["Where people stop", () => follow("Where people stop", "Activity")],
    ["Administrators’ changes", () => follow("Administrators’ changes", "Activity")],
    ["Applications", () => follow("Applications", "Main")],
    ["An application", first],
    ["People", () => follow("People", "Main")],
    ["A person", first],
    ["User flows", () => follow("User flows", "Main")],
    ["A user flow", first],
    ...[...tabs, "History", "Overview"].map((name) => /** @type {[string, () => Promise<void>]} */ ([`A user flow: ${name}`, () => follow(name, "User flow")])),
    ["User flows", () => follow("User flows", "Main")],
  ];
  const watch = new Watch(wire);
  /** How long its thread has worked so far, in milliseconds. */
  const worked = async () => {
    const { metrics } = await wire.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  await wire.send("Performance.enable");
  /** @type {Map<string, { depth: number, work: number[], requests: string[] }>} */
  const screens = new Map();
  for (let round = -1; round <= ROUNDS; round++) {
    // The first round fetches the portal's parts, once for all. In the second everything is slow, and it is seen what waits
    // for what; in the others nothing is.
    const slow = round === 0;
    const network = { offline: false, latency: slow ? LATENCY : 0, downloadThroughput: -1, uploadThroughput: -1 };
    await wire.send("Network.emulateNetworkConditions", network);
    for (const [name, way] of ways) {
      const before = await worked();
      watch.begin();
      await way();
      await watch.settled();
      const work = (await worked()) - before;
      const screen = screens.get(name) ?? { depth: 0, work: [], requests: [] };
      if (slow) Object.assign(screen, { depth: Math.max(screen.depth, depth(watch.asked)), requests: watch.asked.map(({ url }) => url) });
      else screen.work.push(work);
      if (round >= 0) screens.set(name, screen);
    }
  }
  return [...screens].map(([name, { depth, work, requests }]) => ({ name, depth, work: median(work), requests }));
}

/** Listens to what travels, in this process: asking the page would be work of its thread. */
class Watch {
  /** @type {Asked[]} */
  asked = [];
  /** @type {Map<string, Asked>} */
  #open = new Map();
  #last = 0;

  /** @param {import("@playwright/test").CDPSession} wire */
  constructor(wire) {
    wire.on("Network.requestWillBeSent", ({ requestId, request, timestamp }) => {
      const asked = { url: request.url, from: timestamp * 1000, to: Infinity };
      this.#open.set(requestId, asked);
      this.asked.push(asked);
      this.#last = performance.now();
    });
    const ended = (/** @type {{ requestId: string, timestamp: number }} */ { requestId, timestamp }) => {
      const asked = this.#open.get(requestId);
      if (asked) asked.to = timestamp * 1000;
      this.#open.delete(requestId);
      this.#last = performance.now();
    };
    wire.on("Network.loadingFinished", ended);
    wire.on("Network.loadingFailed", ended);
  }

  begin() {
    this.asked = [];
    this.#last = performance.now();
  }

  /** Nothing is under way, and nothing has been for a while. */
  async settled() {
    while (this.#open.size > 0 || performance.now() - this.#last < 400) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How many requests wait for one another, one behind the other. @param {Asked[]} asked */
function depth(asked) {
  const inOrder = [...asked].sort((one, other) => one.from - other.from);
  /** @type {Map<Asked, number>} */
  const depths = new Map();
  for (const one of inOrder) {
    const before = inOrder.filter((other) => other.to <= one.from).map((other) => depths.get(other) ?? 0);
    depths.set(one, 1 + Math.max(0, ...before));
  }
  return Math.max(0, ...depths.values());
}

/** @param {import("@playwright/test").Page} page @param {string} link */
async function comesIn(page, link) {
  const [address, password] = [`grace.${randomUUID()}@example.org`, `plum kettle ${randomUUID()}`];
  await page.goto(link);
  await page.getByLabel("Your name").fill("Grace Hopper");
  await page.getByLabel("Email address").fill(address);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Make administrator" }).click();
  await page.getByRole("heading", { name: /^(User flows|Sign in)$/ }).waitFor();
  if (await page.getByRole("heading", { name: "Sign in" }).isVisible()) {
    await page.getByLabel("Email address").fill(address);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.locator("#password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await page.getByRole("rowheader").first().waitFor();
}
