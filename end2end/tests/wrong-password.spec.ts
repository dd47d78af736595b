// A wrong password: told kindly, and the same for whoever asks.

import { expect, test } from "./house.ts";

const wrong = "Address and password don’t match. Try again, or choose a new password.";

test("a wrong password is no end: the right one still signs in", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", "not my password");
  await customer.presses("Sign in");
  await customer.isTold(wrong);
  const field = customer.page.getByLabel("Password", { exact: true });
  await expect(field).toHaveValue("");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toBeFocused();
  await customer.sees("Enter your password");
  await field.fill(customer.password);
  await customer.presses("Sign in");
  await customer.isSignedIn();
});

test("an address without an account meets the same pages and the same words", async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.entersAddress();
  await person.presses("Continue");
  await person.sees("Enter your password");
  await person.enters("Password", person.password);
  await person.presses("Sign in");
  await person.isTold(wrong);
  expect(await person.mailbox()).toBeUndefined();
});
