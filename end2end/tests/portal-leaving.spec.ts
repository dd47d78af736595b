// Whoever does not wait for an answer: it comes when they are on another screen, where it is told and changes nothing else.

import type { Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { expect, test, type Administrator } from "./administrator.ts";
import { gate } from "./house.ts";

test.use({ viewport: { width: 1280, height: 860 } });

/** Keeps every request of this kind from the server, until what this gives is called. */
async function holds(page: Page, method: "DELETE" | "PATCH" | "POST") {
  const { opened, open } = gate();
  await page.route(/\/graph\/v1\.0\//, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    await opened;
    await route.continue();
  });
  return open;
}

/** On another screen, at the link below a form with a field that something is wrong with. */
async function standsBelowAFault(administrator: Administrator) {
  const { page } = administrator;
  await administrator.opens("User flows");
  await page.getByRole("link", { name: "New user flow" }).first().click();
  await administrator.sees("Create");
  await administrator.presses("Create");
  await expect(page.locator("#content [aria-invalid=true]")).toBeFocused();
  const link = page.locator("#content").getByRole("link", { name: "Cancel" });
  await link.focus();
  return link;
}

test("a user flow whose deletion takes long moves nobody back @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("User flows");
  await page.getByRole("link", { name: "New user flow" }).first().click();
  await administrator.sees("Create");
  await page.getByLabel("Name", { exact: true }).fill("ShortLived");
  await page.getByLabel("Email Accounts").check();
  await administrator.presses("Create");
  await administrator.sees("User flows");
  await administrator.selects("ShortLived");

  const letGo = await holds(page, "DELETE");
  await administrator.presses("Delete user flow");
  await page.getByRole("dialog").getByRole("button", { name: "Delete user flow" }).click();
  await administrator.opens("Custom user attributes");
  letGo();
  await administrator.isTold("ShortLived is deleted.");
  await administrator.sees("Custom user attributes");
});

test("an application whose deletion takes long moves nobody back @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.registers("Short-lived");
  const letGo = await holds(page, "DELETE");
  await administrator.presses("Delete application");
  await page.getByRole("dialog").getByRole("button", { name: "Delete application" }).click();
  await administrator.opens("People");
  letGo();
  await administrator.isTold("Short-lived is deleted.");
  await administrator.sees("People");
});

test("a directory whose making takes long takes nobody along @script", async ({ administrator }) => {
  const { page } = administrator;
  const name = `Late ${Date.now() % 100_000}`;
  const here = page.getByRole("button", { name: "Switch directory" });
  const before = await here.locator("strong").innerText();
  await here.click();
  await administrator.presses("Directories + subscriptions");
  await administrator.sees("Directories + subscriptions");
  await administrator.presses("New directory");
  const window = page.getByRole("dialog", { name: "New directory" });
  await window.getByLabel("Name", { exact: true }).fill(name);
  // Stories to come are told in the first directory of customers.
  await window.getByRole("radio", { name: /^Employees and guests/ }).check();
  const letGo = await holds(page, "POST");
  await window.getByRole("button", { name: "Create" }).click();
  await window.getByRole("button", { name: "Cancel" }).click();
  await administrator.opens("People");
  letGo();
  await administrator.isTold(`${name} is there.`);
  await administrator.sees("People");
  await expect(here.locator("strong")).toHaveText(before);
});

for (const button of ["Save", "Save the protocol"]) {
  test(`what is saved after its screen was left is told on the next one: ${button} @script`, async ({ administrator }) => {
    const { page } = administrator;
    await administrator.registers("Left early");
    const letGo = await holds(page, "PATCH");
    await administrator.presses(button);
    await administrator.opens("Activity");
    letGo();
    await administrator.isTold("Saved.");
    await administrator.sees("Activity");
  });
}

test("a save that comes back late lets go of nothing that is written elsewhere @script", async ({ administrator }) => {
  const { page } = administrator;
  const asked = page.getByRole("dialog", { name: "Leave without saving?" });
  const leavesFor = (name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
  await administrator.opens("Branding");
  await page.getByLabel("Name", { exact: true }).fill("Woodgrove Bakery");
  const letGo = await holds(page, "PATCH");
  await administrator.presses("Save");
  await leavesFor("User flows");
  await asked.getByRole("button", { name: "Leave without saving" }).click();
  await administrator.sees("User flows");

  await page.getByRole("link", { name: "New user flow" }).first().click();
  await administrator.sees("Create");
  await page.getByLabel("Name", { exact: true }).fill("NotMadeYet");
  letGo();
  await administrator.isTold("Saved. The next page that somebody opens has it.");
  await leavesFor("Activity");
  await expect(asked).toBeVisible();
});

test("a password that comes when nobody can see it any more is told of @script", async ({ administrator, crowd: _ }) => {
  const { page } = administrator;
  await administrator.opens("People");
  await page.getByRole("rowheader").getByRole("link", { name: "Grace Hopper" }).first().click();
  await administrator.sees("Grace Hopper");
  const letGo = await holds(page, "POST");
  await administrator.presses("Reset password");
  await administrator.confirms("Reset the password?", "Reset password");
  await administrator.opens("Activity");
  letGo();
  await administrator.isTold("The password is reset. The new one can be shown no more");
  await administrator.sees("Activity");
});

test("an answer that comes late closes no window that was opened since @script", async ({ administrator }) => {
  const { page } = administrator;
  const name = page.getByRole("dialog", { name: "Add an attribute" }).getByLabel("Name", { exact: true });
  await administrator.opens("Custom user attributes");
  await administrator.presses("Add");
  await name.fill("Glove size");
  const letGo = await holds(page, "POST");
  await administrator.presses("Create");
  await administrator.presses("Cancel");
  await expect(name).toHaveCount(0);
  await administrator.presses("Add");
  await name.fill("Hat size");
  letGo();
  await administrator.isTold("Glove size can be asked in user flows now.");
  // It stands behind the window, where a search by roles may not look.
  await expect(page.locator("th[scope=row]").filter({ hasText: "Glove size" })).toBeVisible();
  await expect(name).toHaveValue("Hat size");
});

test("a question goes with the screen that asked it @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("User flows");
  await administrator.selects("SignInSignUpSample");
  await administrator.presses("Delete user flow");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.goBack();
  await administrator.sees("User flows");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test.describe("where what was asked for is refused", () => {
  test.use({ forgiven: /the server responded with a status of 400/ });

  test("a refusal that comes late takes the keyboard from nobody @script", async ({ administrator }) => {
    const { page } = administrator;
    await page.getByRole("button", { name: "Switch directory" }).click();
    await administrator.presses("Directories + subscriptions");
    await administrator.sees("Directories + subscriptions");
    await administrator.presses("New directory");
    const window = page.getByRole("dialog", { name: "New directory" });
    await window.getByLabel("Name", { exact: true }).fill("Late");
    await window.getByLabel(/^Name in addresses/).fill("admin");
    const letGo = await holds(page, "POST");
    await window.getByRole("button", { name: "Create" }).click();
    await window.getByRole("button", { name: "Cancel" }).click();
    const here = await standsBelowAFault(administrator);
    letGo();
    await administrator.isTold("is not one of ours");
    await expect(here).toBeFocused();
  });

  test("what a field could have said is told in a corner once the field has gone @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.opens("Custom user attributes");
    await administrator.presses("Add");
    const window = page.getByRole("dialog", { name: "Add an attribute" });
    await window.getByLabel("Name", { exact: true }).fill("!");
    const letGo = await holds(page, "POST");
    await window.getByRole("button", { name: "Create" }).click();
    await window.getByRole("button", { name: "Cancel" }).click();
    const here = await standsBelowAFault(administrator);
    letGo();
    await administrator.isTold("What you began earlier did not work. A name needs a letter");
    await expect(here).toBeFocused();
  });

  test("a plan that comes late is not told of a document that was chosen since @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.opens("Export and import");
    const [download] = await Promise.all([page.waitForEvent("download"), administrator.presses("Download TOML")]);
    const design = await readFile(await download.path(), "utf8");
    const noDesign = "this is no design";
    const choose = (name: string, text: string) =>
      page.getByLabel("A document to import").setInputFiles({ name, mimeType: "application/toml", buffer: Buffer.from(text) });
    const { opened, open } = gate();
    await page.route(/\/import\?plan=true$/, async (route) => {
      if (route.request().postData() === noDesign) await opened;
      await route.continue();
    });

    await choose("first.toml", noDesign);
    await expect(page.getByText("From first.toml:")).toBeVisible();
    await choose("second.toml", design);
    await expect(page.getByText("Nothing to change")).toBeVisible();
    open();
    // Until every answer has been read.
    await expect(page.locator(".busy.on")).toHaveCount(0);
    await expect(page.getByText("Nothing to change")).toBeVisible();
  });
});
