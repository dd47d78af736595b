// Whoever is in the portal when it breaks. It is broken from outside, as by an extension of the browser: the comments by which
// it finds its places in a page can no longer be copied.

import { expect, test } from "./administrator.ts";

test.use({ viewport: { width: 1280, height: 860 }, forgiven: /panicked at|unreachable/ });

test("where the portal breaks it says so, and a reload goes on @script", async ({ administrator }) => {
  const { page } = administrator;
  await page.evaluate(() => {
    Comment.prototype.cloneNode = () => {
      throw new Error("Nothing is copied here.");
    };
  });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "People", exact: true }).click();
  const told = page.getByRole("alert").filter({ hasText: "Something went wrong in the portal. What you saved is safe" });
  await expect(told).toBeVisible();
  await told.getByRole("link", { name: "Reload the page" }).click();
  await administrator.sees("People");
  await expect(told).toHaveCount(0);
});
