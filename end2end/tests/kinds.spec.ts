// Flows that are there for one thing: editing a profile, or resetting a password. And the way back with nothing done.

import { makeFlows } from "./flows.ts";
import { expect, test } from "./house.ts";
import { passphrase, type Person } from "./person.ts";

test.beforeEach(({ server }) =>
  makeFlows(server, [
    { name: "ProfileEditing", kind: "profileEdit", inputs: ["displayName", "country"] },
    { name: "PasswordReset", kind: "passwordReset" },
  ]),
);

/** Told by the words that applications look for. */
async function isBackWithNothingDone(person: Person) {
  await person.page.waitForURL(/[?&]error=/);
  expect(person.broughtBack().get("error")).toBe("access_denied");
  expect(person.broughtBack().get("error_description")).toMatch(/^AADB2C90091: /);
  expect(person.broughtBack().get("state")).toBe("s");
}

test("who is signed in corrects their profile, and finds it corrected", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.signsIn();
  await customer.isSentBy({ p: "ProfileEditing" });
  await customer.sees("Your profile");
  await expect(customer.page.getByLabel("Display name")).toHaveValue(customer.name);
  // What a rule objects to is told at its field, and the rest is still there.
  await customer.enters("Display name", " ");
  await customer.page.getByLabel("Country/Region").selectOption({ label: "Germany" });
  await customer.presses("Save");
  await customer.isTold("Please fill this in.");
  await customer.findsNoBarrier();
  await expect(customer.page.getByLabel("Country/Region").locator("option:checked")).toHaveText("Germany");
  await customer.enters("Display name", "Rear Admiral Hopper");
  await customer.presses("Save");
  await customer.isBack();

  await customer.isSentBy({ p: "profileediting" });
  await customer.sees("Your profile");
  await expect(customer.page.getByLabel("Display name")).toHaveValue("Rear Admiral Hopper");
  await expect(customer.page.getByLabel("Country/Region").locator("option:checked")).toHaveText("Germany");
});

test("who is not signed in proves who they are before they see their profile", async ({ customer }) => {
  await customer.isSentBy({ p: "ProfileEditing" });
  await customer.sees("Sign in");
  await expect(customer.page.getByRole("button", { name: "Create one" })).toHaveCount(0);
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.sees("Your profile");
  await customer.presses("Save");
  await customer.isBack();
});

test("a profile is left as it was", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.signsIn();
  await customer.isSentBy({ p: "ProfileEditing" });
  await customer.sees("Your profile");
  await customer.enters("Display name", "Somebody Else");
  await customer.presses(/^Back to /);
  await isBackWithNothingDone(customer);
  await customer.isSentBy({ p: "ProfileEditing" });
  await expect(customer.page.getByLabel("Display name")).toHaveValue(customer.name);
});

test("a flow for resets ends with a new password that opens the shop", async ({ customer }) => {
  await customer.isSentBy({ p: "PasswordReset" });
  await customer.sees("Get back into your account");
  await customer.provesTheAddress("Choose a new password");
  customer.password = passphrase();
  await customer.enters("New password", customer.password);
  await customer.presses("Save and sign in");
  await customer.isBack();
  await customer.context.clearCookies();
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.signsIn();
});

test("a flow for resets is left from each of its pages", async ({ customer }) => {
  await customer.isSentBy({ p: "PasswordReset" });
  await customer.sees("Get back into your account");
  await customer.presses(/^Back to /);
  await isBackWithNothingDone(customer);

  await customer.isSentBy({ p: "PasswordReset" });
  await customer.sees("Get back into your account");
  await customer.entersAddress();
  await customer.presses("Send code");
  await customer.sees("Check your email");
  await customer.presses(/^Back to /);
  await isBackWithNothingDone(customer);
});
