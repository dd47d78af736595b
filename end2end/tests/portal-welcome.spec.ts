// Who made themselves the first administrator is told in the portal what that means, once.

import type { Page } from "@playwright/test";
import type { Server } from "../portico.mjs";
import { Administrator, expect, test } from "./administrator.ts";
import { ownServer, test as base } from "./house.ts";

/** Each on a server that nobody administers yet. */
const onAFreshServer = () => base.extend<{}, { server: Server }>({ server: ownServer() });

onAFreshServer()("the first administrator is told what they are, and what to do first, until they put it away @script", async ({ page, server }) => {
  const administrator = new Administrator(page, server);
  await administrator.arrives();
  const welcome = page.getByRole("region", { name: "Welcome, you are an administrator now" });
  await expect(welcome).toBeVisible();
  await expect(page).toHaveURL(/\/admin\/user-flows$/);
  // Development has a directory for customers already.
  await expect(welcome.getByRole("link")).toHaveText(["Register an application", "Give the pages your look", "Invite somebody else"]);
  await administrator.findsNoBarrier();

  await welcome.getByRole("link", { name: "Register an application" }).click();
  await administrator.sees("Applications");
  await expect(welcome).toHaveCount(0);
  await administrator.opens("User flows");
  await administrator.presses("Put the welcome away");
  await expect(welcome).toHaveCount(0);
  await expect(page.locator("#content")).toBeFocused();
  await administrator.opens("Applications");
  await administrator.opens("User flows");
  await expect(welcome).toHaveCount(0);
});

onAFreshServer()("who loads the page anew has been told @script", async ({ page, server }) => {
  const administrator = new Administrator(page, server);
  await administrator.arrives();
  const welcome = page.getByRole("region", { name: /^Welcome/ });
  await expect(welcome).toBeVisible();
  await page.reload();
  await administrator.sees("User flows");
  await expect(welcome).toHaveCount(0);
});

/** Opens what the first administrator is led to, with directories that differ so from those that are there. */
async function isLedIn(page: Page, difference: { roles?: string[]; tenantType?: string }) {
  await page.route(/\/graph\/v1\.0\/organization(\?|$)/, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    const value = answer.value.map((directory: object) => ({ ...directory, ...difference }));
    await route.fulfill({ response, json: { ...answer, value } });
  });
  await page.goto("/admin/#welcome");
}

test("where no directory is for customers, to make one is the first thing to do @script", async ({ administrator }) => {
  const { page } = administrator;
  await isLedIn(page, { tenantType: "AAD" });
  await administrator.sees("User flows");
  const first = page.getByRole("region", { name: /^Welcome/ }).getByRole("link").first();
  await expect(first).toHaveText("Make a directory");
  await first.click();
  await administrator.sees("Directories + subscriptions");
});

test("who may less and follows the link is not told that they may do everything @script", async ({ administrator }) => {
  const { page } = administrator;
  await isLedIn(page, { roles: ["User Administrator"] });
  await administrator.sees("User flows");
  await expect(page.getByRole("region", { name: /^Welcome/ })).toHaveCount(0);
});
