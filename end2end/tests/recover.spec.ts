// Can't access your account? One path for everybody who is stuck.

import { expect, test } from "./house.ts";
import { passphrase } from "./person.ts";

test("who has an account sets a new password and is signed in", async ({ customer }) => {
  const old = customer.password;
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.presses("Can’t access your account?");
  await customer.sees("Get back into your account");
  await customer.provesTheAddress("Choose a new password");
  customer.password = passphrase();
  await customer.enters("New password", customer.password);
  const code = await customer.mailbox();
  await customer.presses("Save and sign in");
  await customer.isSignedIn();
  expect((await customer.newestMail(code)).subject).toBe("Your password for Woodgrove was changed");

  // The old one opens nothing any more, the new one does.
  await customer.signsOut();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", old);
  await customer.presses("Sign in");
  await customer.isTold("Address and password don’t match.");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.isSignedIn();
});

test("who has none goes on to sign up", async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.presses("Can’t access your account?");
  await person.sees("Get back into your account");
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await person.fillsInAttributes();
  await person.presses("Create account");
  await person.isSignedIn();
});

test("Forgot password? does not ask for the address again", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  const known = await customer.mailbox();
  await customer.presses("Forgot password?");
  await customer.sees("Check your email");
  await customer.entersCode(await customer.newestCode(known));
  await customer.sees("Choose a new password");
});

test("pages and mail are the same for a customer and a stranger until the code", async ({ customer, browser }) => {
  const seen = async () => {
    await customer.opensTheShop();
    await customer.choosesSignIn();
    await customer.presses("Can’t access your account?");
    await customer.sees("Get back into your account");
    const known = await customer.mailbox();
    await customer.entersAddress();
    await customer.presses("Send code");
    await customer.sees("Check your email");
    const letter = await customer.newestMail(known);
    const page = (await customer.whole.innerText()).replaceAll(customer.address, "ADDRESS");
    return { page: page.replace(/in \d:\d\d/, "in TIME"), subject: letter.subject, text: letter.text.replace(letter.code ?? "", "CODE") };
  };
  const customers = await seen();
  customer.address = customer.address.replace("grace", "nobody");
  expect(await seen()).toEqual(customers);
});
