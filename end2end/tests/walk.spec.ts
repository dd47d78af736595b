// The walk that must always work, as product.md tells it.

import { expect, test } from "./house.ts";

test("from the shop through the mailbox to a token, and out again", async ({ person }) => {
  // 1. The demo application.
  await person.opensTheShop();

  // 2. Sign-in in the top right corner, then Can't access your account?
  await person.choosesSignIn();
  await person.presses("Can’t access your account?");
  await person.sees("Get back into your account");

  // 3. An address, the code from the built-in mailbox, a new password, what the flow asks.
  await person.entersAddress();
  await person.presses("Send code");
  await person.sees("Check your email");

  const mailbox = await person.inNewWindow();
  await mailbox.opensTheShop();
  await mailbox.page.getByRole("link", { name: "built-in mailbox" }).click();
  await mailbox.sees("Mailbox");
  const letter = mailbox.page.getByRole("listitem").filter({ hasText: person.address });
  await expect(letter.getByRole("heading")).toContainText("Your code for Woodgrove");
  const code = await letter.locator("code").innerText();
  expect(code.replace(/\s/g, "")).toBe(await person.newestCode());
  await mailbox.page.close();

  await person.entersCode(code);
  await person.sees("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await person.fillsInAttributes();
  await person.presses("Create account");

  // 4. The newly created information: name, e-mail, every attribute, the token's claims.
  await person.isSignedIn();
  expect(await person.details()).toEqual({
    Name: "Ada Lovelace",
    Email: person.address,
    "Country": "SE",
    "Loyalty number": "4817",
    "Heard of": "friend",
    "Terms of use": "Yes",
  });
  for (const token of ["ID token", "Access token"]) {
    const claims = person.page.locator(".pair > *").filter({ hasText: token });
    for (const claim of ["iss", "aud", "exp", "sub"]) {
      await expect(claims.getByRole("rowheader", { name: claim, exact: true })).toBeVisible();
    }
  }

  // 5. Sign-out in the top right corner ends the session: the next sign-in asks again.
  await person.signsOut();
  await person.choosesSignIn();
  await expect(person.page.getByLabel("Email address")).toBeVisible();
  await person.signsIn();
});
