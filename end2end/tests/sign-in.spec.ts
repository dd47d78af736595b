// Signing in with address and password.

import { expect, test } from "./house.ts";

test("a customer signs in, and is asked for attributes never again", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.signsIn();
  expect(await customer.details()).toMatchObject({ Name: customer.name, Email: customer.address });
});

test("an address is the same in capitals and with spaces around it", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress(` ${customer.address.toUpperCase()} `);
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.isSignedIn();
});

test("the address can be changed on the password page", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress("somebody.else@example.org");
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await expect(customer.page.getByText("somebody.else@example.org")).toBeVisible();
  await customer.presses("Change the email address");
  await customer.sees("Sign in");
  await expect(customer.page.getByLabel("Email address")).toHaveValue("somebody.else@example.org");
  await customer.signsIn();
});

test("a password can be shown while it is typed", { tag: "@script" }, async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  const field = customer.page.getByLabel("Password", { exact: true });
  await field.fill(customer.password);
  await expect(field).toHaveAttribute("type", "password");
  await customer.presses("Show password");
  await expect(field).toHaveAttribute("type", "text");
  await customer.presses("Hide password");
  await expect(field).toHaveAttribute("type", "password");
  await expect(field).toHaveValue(customer.password);
});
