// What kind of flow it is, what rules it has beyond its pages, and what an application of it may do: chosen, refused kindly
// where it cannot be, and still there afterwards.

import { expect, test } from "./administrator.ts";

// Some of what is asked here is refused, and browsers write that down.
test.use({ viewport: { width: 1280, height: 860 }, forgiven: /the server responded with a status of 400/ });

test("a flow is of one type and version, and stays it @script", async ({ administrator }) => {
  const { page } = administrator;
  await page.getByRole("link", { name: "New user flow" }).first().click();
  await administrator.sees("Create");
  const types = page.getByRole("group", { name: "User flow type" });
  const names = () => types.locator("input[name=kind]").evaluateAll((all) => all.map((one) => one.nextElementSibling?.firstChild?.textContent));
  expect(await names()).toEqual(["Sign up and sign in", "Profile editing", "Password reset"]);
  await expect(page.getByRole("group", { name: "User attributes" })).toBeVisible();
  await page.getByRole("radio", { name: /^Password reset/ }).check();
  await expect(page.getByRole("group", { name: "User attributes" })).toHaveCount(0);
  await administrator.presses("All versions");
  expect(await names()).toEqual(["Sign up and sign in", "Profile editing", "Password reset", "Sign up", "Sign in"]);
  await administrator.findsNoBarrier();
  await page.getByRole("radio", { name: /^Profile editing/ }).check();
  await page.getByRole("radio", { name: /^Standard \(Legacy\)/ }).check();
  await page.getByLabel("Name", { exact: true }).fill("ProfileEditing");
  await page.getByLabel("Email Accounts").check();
  await page.getByLabel("City", { exact: true }).or(page.getByLabel("Display Name", { exact: true })).first().check();
  await administrator.presses("Create");
  await administrator.sees("User flows");
  await expect(page.getByRole("row").filter({ hasText: "ProfileEditing" })).toContainText("Profile editing");

  await administrator.selects("ProfileEditing");
  await administrator.turnsTo("Properties");
  await expect(page.getByText("Standard (Legacy)")).toBeVisible();
  // Only what its type has.
  await expect(page.getByLabel("Access and ID tokens, in minutes")).toHaveValue("60");
  await expect(page.getByRole("group", { name: "Password rule" })).toHaveCount(0);
  await expect(page.getByLabel("Email address", { exact: true })).toHaveCount(0);

  // Other stories of this server find it as it was.
  await administrator.turnsTo("Overview");
  await administrator.presses("Delete user flow");
  await page.getByRole("dialog").getByRole("button", { name: "Delete user flow" }).click();
  await administrator.isTold("ProfileEditing is deleted.");
});

test("a second step is asked for, and no more @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Properties");
  const asked = page.getByLabel("Second step", { exact: true });
  await expect(asked).toHaveValue("off");
  for (const word of ["always", "off"]) {
    await asked.selectOption(word);
    await administrator.presses("Save");
    await expect(page.getByText("There are unsaved changes.")).toHaveCount(0);
    await page.reload();
    await expect(asked).toHaveValue(word);
  }

  // The history tells it, in the words of the form.
  await administrator.turnsTo("History");
  const rows = page.getByRole("row").filter({ has: page.getByRole("rowheader") });
  await rows.nth(1).getByRole("button", { name: "Compare" }).click();
  const told = page.getByRole("dialog", { name: /^From revision/ }).getByRole("listitem");
  await expect(told).toHaveCount(1);
  await expect(told).toContainText("Second step");
  await expect(told).toContainText("Always asked, by a code to an email address");
  await expect(told).toContainText("Not asked");
  await administrator.findsNoBarrier();
  await page.keyboard.press("Escape");
});

test("rules are refused field by field, and kept @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Properties");
  await page.getByLabel("Forgot password?").selectOption({ label: "Goes back to the application (AADB2C90118)" });
  await page.getByLabel("Refresh token, in days").fill("20");
  await page.getByLabel("Wrong passwords before an account waits").fill("");
  await page.getByRole("radio", { name: /^Custom/ }).check();
  await page.getByLabel("Shortest password, in characters").fill("10");
  await page.getByLabel("User is new (newUser)").check();
  await expect(page.getByText("There are unsaved changes.")).toBeVisible();

  // Nothing is sent that no number can be read from.
  await administrator.presses("Save");
  await expect(page.getByText("A whole number, like 60.")).toBeVisible();
  await page.getByLabel("Wrong passwords before an account waits").fill("5");
  await administrator.presses("Save");
  await expect(page.locator(".field").getByText("no shorter than one of them lives")).toBeVisible();
  await expect(page.getByLabel("Shortest password, in characters")).toHaveValue("10");
  await administrator.findsNoBarrier();

  // Whoever goes away is asked first.
  await page.getByRole("link", { name: "Branding" }).click();
  await expect(page.getByRole("dialog")).toContainText("Leave without saving?");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Refresh tokens after one sign-in, in days").fill("");
  await administrator.presses("Save");
  await administrator.isTold("Saved.");

  await page.reload();
  await administrator.sees("SignInSignUpSample");
  await expect(page.getByLabel("Forgot password?")).toHaveValue("tellApplication");
  await expect(page.getByLabel("Refresh token, in days")).toHaveValue("20");
  await expect(page.getByLabel("Refresh tokens after one sign-in, in days")).toHaveValue("");
  await expect(page.getByLabel("Wrong passwords before an account waits")).toHaveValue("5");
  await expect(page.getByRole("radio", { name: /^Custom/ })).toBeChecked();
  await expect(page.getByLabel("User is new (newUser)")).toBeChecked();
  await page.getByRole("radio", { name: /^Strong/ }).check();
  await administrator.presses("Save");
  await administrator.isTold("Saved.");
  await expect(page.getByLabel("Shortest password, in characters")).toHaveCount(0);

  await page.getByLabel("Forgot password?").selectOption("builtIn");
  await administrator.presses("Save");
  await expect(page.getByText("There are unsaved changes.")).toHaveCount(0);
});

test("a flow tells the addresses that name it @script", async ({ administrator }) => {
  await administrator.selects("SignInSignUpSample");
  await administrator.turnsTo("Run user flow");
  const { page } = administrator;
  const endpoints = page.locator("section").filter({ has: page.getByRole("heading", { name: "Endpoints of this user flow" }) });
  await expect(endpoints).toContainText("/demo/oauth2/v2.0/authorize?p=SignInSignUpSample");
  await expect(endpoints).toContainText("/demo/SignInSignUpSample/oauth2/v2.0/authorize");
  await expect(endpoints).toContainText("/demo/SignInSignUpSample/v2.0/.well-known/openid-configuration");
});

test("an application says what it may do, and must @script", async ({ administrator }) => {
  const { page } = administrator;
  await administrator.opens("Applications");
  await page.getByRole("rowheader").getByRole("link").first().click();
  const protocol = page.getByRole("form", { name: "Protocol" });
  await protocol.getByLabel("Signature").selectOption("EdDSA");
  await protocol.getByLabel("ID tokens without a code").check();
  await protocol.getByLabel("Proof key required (PKCE)").check();
  await protocol.getByLabel("Screens of its own").selectOption("all");
  await protocol.getByLabel("Tell nothing of an address before it is proved").check();
  await protocol.getByLabel(/^Back-channel sign-out address/).fill("not an address");
  await protocol.getByLabel(/^Public keys/).fill("[{");
  await administrator.presses("Save the protocol");
  await expect(protocol.getByText("This is not JSON.")).toBeVisible();
  await protocol.getByLabel(/^Public keys/).fill("");
  await administrator.presses("Save the protocol");
  await expect(protocol.locator(".fault")).toHaveCount(1);
  await administrator.findsNoBarrier();
  await protocol.getByLabel(/^Back-channel sign-out address/).fill("https://shop.example.org/signed-out");
  await administrator.presses("Save the protocol");
  await administrator.isTold("Saved.");
  await page.reload();
  await expect(protocol.getByLabel("Signature")).toHaveValue("EdDSA");
  await expect(protocol.getByLabel("ID tokens without a code")).toBeChecked();
  await expect(protocol.getByLabel("Proof key required (PKCE)")).toBeChecked();
  await expect(protocol.getByLabel("Screens of its own")).toHaveValue("all");
  await expect(protocol.getByLabel("Tell nothing of an address before it is proved")).toBeChecked();
  await expect(protocol.getByLabel(/^Back-channel sign-out address/)).toHaveValue("https://shop.example.org/signed-out");

  await protocol.getByLabel("ID tokens without a code").uncheck();
  await protocol.getByLabel("Proof key required (PKCE)").uncheck();
  await protocol.getByLabel("Screens of its own").selectOption("none");
  await protocol.getByLabel("Tell nothing of an address before it is proved").uncheck();
  await protocol.getByLabel("Signature").selectOption("RS256");
  await protocol.getByLabel(/^Back-channel sign-out address/).fill("");
  await administrator.presses("Save the protocol");
  await expect(protocol.getByText("There are unsaved changes.")).toHaveCount(0);
});

test("a directory chooses what signing out without a token does @script", async ({ administrator }) => {
  const { page } = administrator;
  await page.goto("/admin/directories");
  await page.getByLabel("Sign-out without an ID token").selectOption("askAndStay");
  await administrator.presses("Save");
  await administrator.isTold("Saved.");
  await page.reload();
  await expect(page.getByLabel("Sign-out without an ID token")).toHaveValue("askAndStay");
});
