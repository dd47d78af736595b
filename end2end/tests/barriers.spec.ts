// A screen is inspected once, and whatever makes it harder to use makes another screen of it.

import type { Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { findNoBarrier } from "./barriers.ts";
import { expect, test } from "./house.ts";

const bakery = `<!doctype html><html lang="en"><title>Bakery</title>
  <style>
    button:focus { color: #999; background: #fff }
    @media (prefers-color-scheme: dark) { h1 { color: #999; background: #fff } }
    @media (max-width: 400px) { h1 { color: #999; background: #fff } }
  </style>
  <main><h1>The bakery</h1><button>Buy bread</button><div></div>
    <label for="attribute-1-field">Crumbs</label><input id="attribute-1-field"></main></html>`;

const changes: Record<string, [rule: string, change: (page: Page) => Promise<unknown>]> = {
  "other words": ["button-name", (page) => page.locator("button").evaluate((button) => (button.textContent = ""))],
  "a shadow": ["button-name", (page) => page.locator("div").evaluate((div) => (div.attachShadow({ mode: "open" }).innerHTML = "<button></button>"))],
  "a label of nothing": ["label", (page) => page.locator("label").evaluate((label) => label.setAttribute("for", "attribute-2-field"))],
  "the focus": ["color-contrast", (page) => page.locator("button").focus()],
  "the dark": ["color-contrast", (page) => page.emulateMedia({ colorScheme: "dark" })],
  "a small window": ["color-contrast", (page) => page.setViewportSize({ width: 360, height: 640 })],
};

for (const [name, [rule, change]] of Object.entries(changes)) {
  test(`a barrier is found behind ${name}`, { tag: "@script" }, async ({ page }) => {
    await page.setContent(bakery);
    await findNoBarrier(page);
    await change(page);
    await expect(findNoBarrier(page)).rejects.toThrow(rule);
  });
}

test("what chance puts into a page makes no other screen of it", { tag: "@script" }, async ({ page }) => {
  let inspections = 0;
  const through = async () => {
    inspections += 1;
    return page;
  };
  for (let time = 0; time < 3; time++) {
    await page.setContent(bakery.replace("<div>", `<div data-journey="${randomUUID()}">`).replace("Bakery", "Bakery of the day"));
    await findNoBarrier(page, { through });
  }
  expect(inspections).toBe(1);
});
