// The first seed document, click by click: from New user flow to a person who signs up through it, and the order of the page.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./house.ts";
import { Person, passphrase } from "./person.ts";

test.use({ viewport: { width: 1280, height: 860 } });

test("an administrator makes a user flow, and somebody signs up through it @script", async ({ person, browser, server }) => {
  test.slow();
  const { page } = person;
  const admin = `admin.${Date.now()}@example.org`;
  const press = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" }).click();
  const open = (name: string) => page.getByRole("link", { name, exact: true }).first().click();
  const said = (text: string | RegExp) => expect(page.locator(".toast").filter({ hasText: text }).first()).toBeVisible();
  const heading = (name: string) => expect(page.getByRole("heading", { level: 1 })).toHaveText(name);

  // The first administrator comes by the link that the server printed.
  const password = passphrase();
  const link = readFileSync(join(server.place.folder, "portico-setup-link"), "utf8").trim();
  await page.goto(link);
  await page.getByLabel("Your name").fill("Marta Weber");
  await page.getByLabel("Email address").fill(admin);
  await page.getByLabel("New password").fill(password);
  await press("Make administrator");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/User flows|Sign in/);
  if ((await page.getByRole("heading", { level: 1 }).innerText()) === "Sign in") {
    await page.getByLabel("Email address").fill(admin);
    await press("Continue");
    await page.locator("#password").fill(password);
    await press("Sign in");
  }

  // Create a user flow: 5. User flows, New user flow.
  await heading("User flows");
  await person.findsNoBarrier();
  await open("New user flow");
  await heading("Create");
  await page.getByLabel("Name", { exact: true }).fill("SignInSignUpSample");
  await page.getByLabel("Email Accounts").check();
  await page.getByRole("radio", { name: /^Email with password/ }).check();
  await expect(page.getByRole("radio", { name: /^Email one-time passcode/ })).toBeDisabled();
  await press("Show more");
  const window = page.getByRole("dialog");
  for (const name of ["Country/Region", "Display Name", "Postal Code"]) await window.getByLabel(name, { exact: true }).check();
  await person.findsNoBarrier();
  await window.getByRole("button", { name: "OK" }).click();
  await press("Create");
  await expect(page.getByRole("row").filter({ hasText: "SignInSignUpSample" })).toBeVisible();

  // Add applications to the user flow: the shop uses another one, and moves.
  await open("SignInSignUpSample");
  await open("Applications");
  await page.getByRole("navigation", { name: "User flow" }).getByRole("link", { name: "Applications" }).click();
  await page.getByRole("button", { name: "Add application" }).first().click();
  await page.getByRole("searchbox", { name: "Search applications" }).fill("woodgrove");
  await page.getByRole("radio", { name: /Woodgrove/ }).check();
  await press("Move here and select");
  await said(/uses this flow now/);

  // To add custom attributes.
  await open("Custom user attributes");
  await press("Add");
  await page.getByLabel("Name", { exact: true }).fill("Loyalty number");
  await page.getByLabel("Data Type").selectOption({ label: "Int" });
  await press("Create");
  await said("Loyalty number can be asked");

  // Add attributes to the sign-up page.
  await open("User flows");
  await open("SignInSignUpSample");
  await open("User attributes");
  await page.getByRole("checkbox", { name: "Loyalty number" }).check();
  await press("Save");
  await said("Saved.");

  // Test the user flow.
  const context = await browser.newContext();
  const guest = new Person(await context.newPage(), context, server, true, page);
  await guest.opensTheShop();
  await guest.choosesSignIn();
  await guest.presses("Can’t access your account?");
  await guest.entersAddress();
  await guest.presses("Send code");
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText("Check your email");
  await guest.entersCode(await guest.newestCode());
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText("Create a password");
  await guest.createsPassword();
  await expect(guest.page.getByLabel(/Loyalty number/)).toBeVisible();
  const labels = () => guest.page.locator("form.answer .field label:not([class])").allInnerTexts();
  expect((await labels()).at(-1)).toContain("Loyalty number");

  // Select the layout of the attribute collection: Loyalty number goes to the top.
  await open("Page layouts");
  await page.getByLabel("Label of Loyalty number").click();
  await press("Move to the top");
  await person.findsNoBarrier();
  await press("Save");
  await said(/^Saved as revision/);

  await guest.page.reload();
  expect((await labels())[0]).toContain("Loyalty number");
  await guest.page.getByLabel(/Loyalty number/).fill("4817");
  await guest.presses("Create account");
  await guest.isSignedIn();
  expect((await guest.details())["Loyalty number"]).toBe("4817");
  await guest.signsOut();
  await context.close();
});
