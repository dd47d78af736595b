// The first visit of an administrator to the portal in a real browser: what travels until the first screen is there.

import { chromium } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { chromium as executable } from "../portico.mjs";

/** @param {import("../portico.mjs").Server} server */
export async function measurePortal(server) {
  const link = /\S+\/admin\/setup\?token=[\w-]+/.exec(server.run("administrator", "link"))?.[0] ?? "";
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    await comesIn(page, link);
    const wire = await page.context().newCDPSession(page);
    await wire.send("Network.enable");
    // As somebody who has never been here, but is signed in: the sign-in page is weighed by itself.
    await wire.send("Network.clearBrowserCache");
    /** @type {Map<string, { url: string, wire: number }>} */
    const transfers = new Map();
    wire.on("Network.responseReceived", ({ requestId, response }) => transfers.set(requestId, { url: response.url, wire: 0 }));
    wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const transfer = transfers.get(requestId);
      if (transfer) transfer.wire = encodedDataLength;
    });
    await page.goto(`${server.origin}/admin/user-flows`);
    await page.getByRole("rowheader").first().waitFor();
    await page.waitForLoadState("networkidle");
    // What the management API tells is no part of the portal.
    return [...transfers.values()].filter(({ url }) => !url.includes("/graph/") && !url.includes("/oauth2/"));
  } finally {
    await browser.close();
  }
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
