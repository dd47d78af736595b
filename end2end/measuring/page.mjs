// The first visit to the sign-in page in a real browser: what travels, and when a person can read and type.

import { chromium } from "@playwright/test";
import { chromium as executable } from "../portico.mjs";

/** @typedef {{ url: string, kind: string, wire: number, body: number, blocking: boolean }} Transfer */

const SIGN_IN = "/demo/sign-in";

/** As a mid-range phone on a slow mobile network: four times slower, 1.6 Mbit/s, 150 ms there and back. */
const PHONE = { cpu: 4, network: { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 } };

/** @param {string} origin */
export async function measurePage(origin) {
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const visits = [];
    for (let visit = 0; visit < 5; visit++) visits.push(await firstVisit(browser, origin));
    const phone = [];
    for (let visit = 0; visit < 3; visit++) phone.push(await firstVisit(browser, origin, PHONE));
    const first = /** @type {Visit} */ (visits[0]);
    return {
      transfers: first.transfers,
      desktop: { paint: median(visits.map(({ paint }) => paint)), interactive: median(visits.map(({ interactive }) => interactive)) },
      phone: { paint: median(phone.map(({ paint }) => paint)), interactive: median(phone.map(({ interactive }) => interactive)) },
      shift: Math.max(...visits.map(({ shift }) => shift)),
    };
  } finally {
    await browser.close();
  }
}

/** @typedef {Awaited<ReturnType<typeof firstVisit>>} Visit */

/** @param {import("@playwright/test").Browser} browser @param {string} origin @param {typeof PHONE} [phone] */
async function firstVisit(browser, origin, phone) {
  const context = await browser.newContext(phone ? { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 3 } : {});
  try {
    const page = await context.newPage();
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    if (phone) {
      await wire.send("Network.emulateNetworkConditions", phone.network);
      await wire.send("Emulation.setCPUThrottlingRate", { rate: phone.cpu });
    }
    /** @type {Map<string, Transfer>} */
    const transfers = new Map();
    wire.on("Network.responseReceived", ({ requestId, response, type }) => {
      const kind = response.mimeType.includes("wasm") ? "WebAssembly" : response.url.includes("/assets/text") || type === "Fetch" ? "Text" : type;
      const length = Number(response.headers["content-length"] ?? response.headers["Content-Length"] ?? 0);
      transfers.set(requestId, { url: response.url, kind, wire: 0, body: length, blocking: ["Document", "Stylesheet"].includes(type) });
    });
    wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const transfer = transfers.get(requestId);
      if (transfer) transfer.wire = encodedDataLength;
    });
    // Taken over is when the form judges itself; looked for at every frame.
    await page.addInitScript(() => {
      const look = () => {
        const form = document.querySelector("#hosted form");
        if (form instanceof HTMLFormElement && form.noValidate) performance.mark("interactive");
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(`${origin}${SIGN_IN}`, { waitUntil: "load" });
    await page.waitForFunction(() => performance.getEntriesByName("interactive").length > 0);
    await page.waitForTimeout(300);
    const times = await page.evaluate(async () => {
      const shift = await new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += "value" in entry ? Number(entry.value) : 0;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 50);
      });
      const at = (/** @type {string} */ name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
      return { paint: at("first-contentful-paint"), interactive: at("interactive"), shift: Number(shift) };
    });
    // The way there, through the demo and the authorization request, is not part of the page.
    const own = [...transfers.values()].filter(({ url }) => url.includes("/journeys/") || url.includes("/assets/") || url.includes("/favicon"));
    return { transfers: own, ...times };
  } finally {
    await context.close();
  }
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return /** @type {number} */ (sorted[Math.floor(sorted.length / 2)]);
}
