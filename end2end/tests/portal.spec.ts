// The first seed document, click by click and in its order: from New user flow to somebody who signs up through it and is
// asked for a Loyalty number.

import { expect, test, type Administrator } from "./administrator.ts";
import { Person } from "./person.ts";

test.use({ viewport: { width: 1280, height: 860 } });

test("an administrator makes a user flow, and people sign up through it @script", async ({ administrator, browser, server, inspection }) => {
  test.slow();
  const { page } = administrator;
  await isAsTheDocumentFindsIt(administrator);

  // Whoever has access to several directories switches to that of the customers.
  const switchesTo = async (directory: RegExp) => {
    await page.getByRole("button", { name: "Switch directory" }).click();
    await page.locator(".entries").getByRole("button", { name: "Directories + subscriptions" }).click();
    await administrator.sees("Directories + subscriptions");
    await expect(page.getByRole("columnheader", { name: "Directory name" })).toBeVisible();
    const button = page.getByRole("button", { name: "Switch", exact: true });
    await page.getByRole("row").filter({ hasText: directory, has: button }).first().getByRole("button", { name: "Switch", exact: true }).click();
    await administrator.sees("User flows");
  };
  await switchesTo(/./);
  await switchesTo(/Woodgrove/);

  // Create a user flow.
  await administrator.opens("User flows");
  await page.getByRole("link", { name: "New user flow" }).first().click();
  await administrator.sees("Create");
  await page.getByLabel("Name", { exact: true }).fill("SignInSignUpSample");
  await page.getByLabel("Email Accounts").check();
  await page.getByRole("radio", { name: /^Email with password/ }).check();
  await expect(page.getByRole("radio", { name: /^Email one-time passcode/ })).toBeDisabled();
  await expect(page.getByText("Switched off in this directory.")).toBeVisible();
  await administrator.presses("Show more");
  const window = page.getByRole("dialog");
  for (const name of ["Country/Region", "Display Name", "Postal Code"]) await window.getByLabel(name, { exact: true }).check();
  await window.getByRole("button", { name: "OK" }).click();
  await administrator.presses("Create");
  await administrator.sees("User flows");
  await expect(page.getByRole("row").filter({ hasText: "SignInSignUpSample" })).toBeVisible();

  // Add applications to the user flow: in the left menu, under Use, select Applications.
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Applications", "Use");
  await administrator.presses("Add application");
  await page.getByRole("searchbox", { name: "Search applications" }).fill("woodgrove");
  await page.getByRole("radio", { name: /Woodgrove/ }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Select", exact: true }).click();
  await administrator.isTold(/uses this flow now/);

  // Test the user flow.
  const somebody = async () => {
    const context = await browser.newContext();
    return new Person(await context.newPage(), context, server, true, inspection);
  };
  const first = await somebody();
  await comesToTheAttributes(first);
  expect(await asked(first)).toEqual(["Display Name", "Postal Code", "Country/Region"]);
  await first.enters(/^Display Name/, first.name);
  await first.presses("Create account");
  await first.isSignedIn();
  expect(Object.values(await first.details())).toEqual(expect.arrayContaining([first.name, first.address]));
  await first.signsOut();

  // Select the layout of the attribute collection.
  await administrator.turnsTo("Page layouts", "Customize");
  await page.getByLabel("Label of Display Name").fill("Your name");
  await page.getByRole("switch", { name: "Display Name is required" }).click();
  const type = page.getByLabel("Input type of Postal Code");
  await type.selectOption({ label: "Dropdown" });
  await page.getByLabel("Label of Postal Code").click();
  const settings = page.getByRole("region", { name: "Settings of Postal Code" });
  await settings.getByRole("button", { name: "Add an option" }).click();
  await settings.getByLabel(/^Text of option/).last().fill("2300");
  await type.selectOption({ label: "Text" });
  await page.getByLabel("Label of Country/Region").click();
  await administrator.presses("Move to the top");
  await administrator.presses("Move down");
  await administrator.presses("Move up");
  await page.getByLabel("Label of Display Name").click();
  await administrator.presses("Move to the bottom");
  expect(await administrator.order()).toEqual(["Country/Region", "Postal Code", "Your name"]);
  await administrator.presses("Save");
  await administrator.isTold(/^Saved as revision/);

  // To add custom attributes.
  await administrator.opens("Custom user attributes");
  await administrator.presses("Add");
  await page.getByLabel("Name", { exact: true }).fill("Loyalty number");
  await page.getByLabel("Data Type").selectOption({ label: "Int" });
  await page.getByLabel("Description").fill("Printed on the card.");
  await administrator.presses("Create");
  await administrator.isTold("Loyalty number can be asked");

  // Add attributes to the sign-up page.
  await administrator.opens("User flows");
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("User attributes", "Customize");
  await page.getByRole("checkbox", { name: /^Loyalty number Printed/ }).check();
  await administrator.presses("Save");
  await administrator.isTold("Saved.");

  // Somebody has the page open while its order changes.
  const second = await somebody();
  await comesToTheAttributes(second);
  expect(await asked(second)).toEqual(["Country/Region", "Postal Code", "Your name", "Loyalty number"]);
  await administrator.turnsTo("Page layouts", "Customize");
  await page.getByLabel("Label of Loyalty number").click();
  await administrator.presses("Move to the top");
  await administrator.presses("Save");
  await administrator.isTold(/^Saved as revision/);
  await expect.poll(() => asked(second)).toEqual(["Loyalty number", "Country/Region", "Postal Code", "Your name"]);
  await second.enters(/^Loyalty number/, "4817");
  await second.enters(/^Your name/, second.name);
  await second.presses("Create account");
  await second.isSignedIn();
  expect((await second.details())["Loyalty number"]).toBe("4817");

  for (const person of [first, second]) await person.context.close();
});

/** A directory with an application, without a user flow, and without passcodes; the demo's is further than that. */
async function isAsTheDocumentFindsIt(administrator: Administrator) {
  const { page } = administrator;
  await administrator.selects("SignInSignUpSample");
  await administrator.presses("Delete user flow");
  await page.getByRole("dialog").getByRole("button", { name: "Delete user flow" }).click();
  // The flow's own page has no row of it either.
  await administrator.sees("User flows");
  await expect(page.getByRole("rowheader", { name: "SignInSignUpSample" })).toHaveCount(0);
  await administrator.opens("Custom user attributes");
  await page.getByRole("button", { name: "Acts on Loyalty number" }).click();
  await administrator.presses("Delete …");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await administrator.isTold("Loyalty number is deleted.");
  await administrator.opens("All identity providers");
  await page.getByRole("switch", { name: "Email one-time passcode" }).click();
  await administrator.isTold("Email one-time passcode is switched off.");
}

async function comesToTheAttributes(person: Person) {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.presses("Can’t access your account?");
  await person.sees("Get back into your account");
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
}

/** The names of the fields, top to bottom, without what marks the optional ones. */
async function asked(person: Person): Promise<string[]> {
  const labels = await person.page.locator("form.answer").locator("label, legend").allInnerTexts();
  return labels.map((label) => label.replace(/\s*optional$/, ""));
}
