// Signing up: No account? Create one.

import { expect, test } from "./house.ts";

test("a new person creates an account and is signed in", async ({ person }) => {
  await person.signsUp();
  const letter = await person.newestMail();
  expect(letter.subject).toBe("Your code for Woodgrove");
  expect(letter.text).toContain("Woodgrove Groceries");
});

test("a password that is too short or too common is refused in words that help", async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.presses("Create one");
  await person.sees("Create your account");
  await person.provesTheAddress("Create a password");

  for (const [password, told] of [
    ["kettle", "Use at least 8 characters."],
    ["password1", "Many people use this password"],
    [person.address, "This is too close to your address"],
  ] as const) {
    await person.enters("New password", password);
    await person.presses("Continue");
    await person.isTold(told);
    await person.sees("Create a password");
    // What was refused is not shown again.
    if (!person.hasScript) await expect(person.page.getByLabel("New password")).toHaveValue("");
  }
  await person.createsPassword();
  await person.sees("Tell us about yourself");
});

test("who has an account already learns it after the code, and signs in with it", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.presses("Create one");
  await customer.sees("Create your account");
  await customer.provesTheAddress("Enter your password");
  await customer.isTold("You have an account with this address already.");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.isSignedIn();
});

test("what is no address is refused with an example of one", async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  // The browser's own check lets this pass; ours does not.
  await person.entersAddress("ada@example");
  await person.presses("Continue");
  await person.isTold("Enter a full address, like you@example.com.");
  await expect(person.page.getByLabel("Email address")).toHaveValue("ada@example");
  await expect(person.page.getByLabel("Email address")).toHaveAttribute("aria-invalid", "true");
});
