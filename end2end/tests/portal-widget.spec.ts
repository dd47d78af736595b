// What the portal tells a developer to put into a page is copied as it stands, and works there.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./administrator.ts";

test("the lines that the portal shows make a sign-in of an empty page", { tag: "@script" }, async ({ administrator, server, browser }) => {
  let lines = "";
  const pages = createServer((_, response) => response.setHeader("content-type", "text/html").end(`<!doctype html><html lang="en"><title>Bakery</title><link rel="icon" href="data:,">${lines}</html>`));
  await new Promise<void>((done) => pages.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const { page } = administrator;
  await administrator.opens("Applications");
  await administrator.selects("Woodgrove Groceries");
  await expect(page.getByText("Name its origin above")).toBeVisible();
  await page.getByLabel("Origins").fill(origin);
  await administrator.presses("Save");
  await administrator.isTold("Saved.");
  const shown = page.locator("pre").filter({ hasText: "portico-sign-in" });
  await expect(shown).toBeVisible();
  await administrator.findsNoBarrier();
  lines = await shown.innerText();
  expect(lines.split("\n").length, "three lines at most").toBeLessThanOrEqual(3);

  const [, address, integrity] = /src="([^"]+)"\s+integrity="sha384-([^"]+)"/.exec(lines)!;
  expect(address).toMatch(/\/widget\/\d+\.\d+\.\d+\.js$/);
  const answer = await fetch(address!);
  expect(answer.headers.get("cache-control")).toContain("immutable");
  expect(createHash("sha384").update(Buffer.from(await answer.arrayBuffer())).digest("base64")).toBe(integrity);
  expect((await fetch(`${server.origin}/widget/9.9.9.js`)).status).toBe(404);

  // A header that browsers do not send themselves would make them ask before every request.
  const context = await browser.newContext({ extraHTTPHeaders: {} });
  const visitor = await context.newPage();
  await visitor.goto(origin);
  await expect(visitor.locator("portico-sign-in h2")).toHaveText("Sign in");
  // Another content is not run.
  lines = lines.replace(integrity!, createHash("sha384").update("").digest("base64"));
  await visitor.reload();
  await expect.poll(() => visitor.evaluate(() => document.readyState)).toBe("complete");
  await expect(visitor.locator("portico-sign-in h2")).toHaveCount(0);
  expect(await visitor.evaluate(() => customElements.get("portico-sign-in"))).toBeUndefined();
  await context.close();
  pages.close();
});
