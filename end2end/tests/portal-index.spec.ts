// The page of an application is long. An index leads to each of its sections, by mouse, by keys and by address.

import type { Page } from "@playwright/test";
import { expect, test } from "./administrator.ts";
import { gate } from "./house.ts";

const sections = [
  "Quick start",
  "Redirect URIs",
  "Pages with the widget",
  "Widget",
  "Secrets",
  "Protocol",
  "Expose an API",
  "API permissions",
  "What it may do by itself",
];

const indexOf = (page: Page) => page.getByRole("navigation", { name: "On this page" });
const headingOf = (page: Page, name: string) => page.getByRole("heading", { level: 2, name, exact: true });

test.describe("at a desk", () => {
  test.use({ viewport: { width: 1280, height: 860 } });

  test("the index leads to every section, and tells which one is read @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.registers(`Long page ${Date.now() % 100_000}`);
    const index = indexOf(page);
    const here = index.locator("[aria-current=location]");
    await expect(index.getByRole("link")).toHaveText(sections);
    await expect(here).toHaveText(sections[0]!);
    for (const name of [...sections, ...sections.toReversed()]) {
      await index.getByRole("link", { name, exact: true }).click();
      await expect(headingOf(page, name)).toBeFocused();
      await expect(headingOf(page, name)).toBeInViewport();
      await expect(here).toHaveText(name);
    }
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(here).toHaveText(sections.at(-1)!);
    await expect(index).toBeInViewport({ ratio: 1 });
    await administrator.findsNoBarrier();
    // By keys.
    await index.getByRole("link", { name: "Secrets" }).focus();
    await page.keyboard.press("Enter");
    await expect(headingOf(page, "Secrets")).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "New secret" })).toBeFocused();
  });

  test("whoever goes along the page loses nothing that is not saved, there and back @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.registers(`Long form ${Date.now() % 100_000}`);
    const web = page.getByLabel(/^Web/);
    await web.fill("https://shop.example.org/back");
    await indexOf(page).getByRole("link", { name: "Protocol" }).click();
    await indexOf(page).getByRole("link", { name: "Secrets" }).click();
    await page.goBack();
    await expect(page).toHaveURL(/#protocol$/);
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(web).toHaveValue("https://shop.example.org/back");
    await web.fill("");
  });

  test("an address names a section, also after signing in, and nothing moves while it comes @script", async ({ administrator }) => {
    const { page } = administrator;
    const id = await administrator.registers(`Long address ${Date.now() % 100_000}`);
    const { opened, open } = gate();
    await page.route(/\/graph\/.*\/applications\//, async (route) => {
      await opened;
      await route.fallback();
    });
    await page.goto("/admin/user-flows");
    await administrator.sees("User flows");
    await page.goto(`/admin/applications/${id}#api-permissions`);
    const before = await indexOf(page).boundingBox();
    open();
    await expect(headingOf(page, "API permissions")).toBeFocused();
    await expect(headingOf(page, "API permissions")).toBeInViewport();
    await expect(page).toHaveURL(/#api-permissions$/);
    const { x, width } = (await indexOf(page).boundingBox())!;
    expect({ x, width }).toEqual({ x: before!.x, width: before!.width });

    // A tab that has no tokens yet goes by the sign-in page.
    const other = await page.context().newPage();
    await other.goto(`/admin/applications/${id}#secrets`);
    await expect(headingOf(other, "Secrets")).toBeFocused();
    await expect(other).toHaveURL(/#secrets$/);
    await other.close();
  });

  test("where things are read from the right, the index stands there @script", async ({ administrator }) => {
    const { page } = administrator;
    await page.addInitScript(() => document.addEventListener("DOMContentLoaded", () => (document.documentElement.dir = "rtl")));
    await administrator.registers(`Long way ${Date.now() % 100_000}`);
    const [index, section] = [await indexOf(page).boundingBox(), await page.getByRole("form", { name: "Protocol" }).boundingBox()];
    expect(index!.x).toBeGreaterThan(section!.x + section!.width);
  });
});

test.describe("where there is no such application", () => {
  test.use({ forgiven: /the server responded with a status of 404/ });

  test("there is no index either @script", async ({ administrator }) => {
    const { page } = administrator;
    await page.goto("/admin/applications/7c1d2f4e-0000-4000-8000-000000000000");
    await expect(page.locator(".notice.bad")).toBeVisible();
    await expect(indexOf(page)).toHaveCount(0);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the index is one line above, and no heading ends up behind the bar @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.registers(`Long column ${Date.now() % 100_000}`);
    const index = (await indexOf(page).boundingBox())!;
    expect(index.height).toBeLessThanOrEqual(60);
    expect(index.y + index.height).toBeLessThanOrEqual((await headingOf(page, "Quick start").boundingBox())!.y);
    const bar = (await page.getByRole("banner").first().boundingBox())!;
    for (const name of ["Secrets", "What it may do by itself"]) {
      await indexOf(page).getByRole("link", { name }).click();
      await expect(headingOf(page, name)).toBeFocused();
      await expect.poll(async () => (await headingOf(page, name).boundingBox())!.y).toBeGreaterThanOrEqual(bar.height);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
});
