// What Lighthouse says of the sign-in page, as a phone on a slow network opens it.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { chromium } from "../portico.mjs";
import { median } from "./page.mjs";

const ROUNDS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices"];

/** @typedef {{ score: number | null, title: string, displayValue?: string }} Audit */
/** @typedef {{ categories: Record<string, { score: number, auditRefs: { id: string, weight: number }[] }>, audits: Record<string, Audit> }} Report */

/** The median of each mark of a hundred, and what was found wanting in any round. @param {string} url */
export function judge(url) {
  const reports = Array.from({ length: ROUNDS }, () => report(url));
  const marks = CATEGORIES.map((category) => ({
    category,
    mark: median(reports.map(({ categories }) => Math.round(100 * (categories[category]?.score ?? 0)))),
  }));
  return { marks, wanting: [...new Set(reports.flatMap(wanting))] };
}

/** @param {string} url @returns {Report} */
function report(url) {
  const said = execFileSync(
    join(import.meta.dirname, "node_modules/.bin/lighthouse"),
    [url, "--output=json", "--quiet", `--only-categories=${CATEGORIES.join(",")}`, "--chrome-flags=--headless=new --no-sandbox --disable-gpu"],
    { encoding: "utf8", maxBuffer: 64 << 20, env: { ...process.env, CHROME_PATH: chromium() } },
  );
  return JSON.parse(said);
}

/** @param {Report} report */
function wanting({ categories, audits }) {
  const weighed = CATEGORIES.flatMap((category) => categories[category]?.auditRefs ?? []).filter(({ weight }) => weight > 0);
  const poor = weighed.flatMap(({ id }) => audits[id] ?? []).filter(({ score }) => score !== null && score < 1);
  return poor.map(({ title, displayValue }) => (displayValue ? `${title} (${displayValue})` : title));
}
