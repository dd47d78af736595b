// Who walks where: every story with JavaScript and without, the long ways on PostgreSQL too, and all of signing up, signing in
// and recovering once more in the widget.

import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";
import { bareChromium } from "./portico.mjs";
import type { Options } from "./tests/house.ts";

const onBothDatabases = /(walk|sign-in|recover|portal)\.spec\.ts$/;
const inTheWidget = /\/(sign-up|sign-in|wrong-password|recover|code|attributes|inputs|names|languages|live|keyboard)\.spec\.ts$/;
const pictures = /screens\.spec\.ts$/;
/** Stories that only a page with its WebAssembly can tell. */
const needsScript = /@script/;

const stories: NonNullable<PlaywrightTestConfig<{}, Options>["projects"]> = [
  { name: "script" },
  { name: "no script", use: { javaScriptEnabled: false }, grepInvert: needsScript },
  { name: "script, PostgreSQL", use: { database: "postgres" }, testMatch: onBothDatabases },
  {
    name: "no script, PostgreSQL",
    use: { database: "postgres", javaScriptEnabled: false },
    testMatch: onBothDatabases,
    grepInvert: needsScript,
  },
  { name: "widget", use: { where: "elsewhere" }, testMatch: inTheWidget },
];

export default defineConfig<{}, Options>({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: true,
  // One more than the processors of the gate: a story waits for its page, its letter or its clock as often as it works.
  workers: 3,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/report.json" }]],
  use: {
    browserName: "chromium",
    locale: "en-US",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: bareChromium(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
    },
  },
  projects: process.env.SCREENS
    ? [{ name: "pictures", testMatch: pictures }]
    : stories.map((story) => ({ testIgnore: pictures, ...story })),
});
