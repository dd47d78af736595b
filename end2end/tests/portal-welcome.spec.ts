// Who made themselves the first administrator is told in the portal what that means, once.

import type { Server } from "../portico.mjs";
import { Administrator, expect } from "./administrator.ts";
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
