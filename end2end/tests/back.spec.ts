// Back, reload, twice, and two tabs at once: nothing of it breaks anything.

import { expect, test } from "./house.ts";

test("reloading a page sends nothing again", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.page.reload();
  await customer.sees("Enter your password");
  await expect(customer.page.getByText(customer.address)).toBeVisible();
});

test("back leads to the shop in the end, and the next sign-in works", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  for (let steps = 0; steps < 5 && new URL(customer.page.url()).pathname !== "/"; steps++) {
    await customer.page.goBack();
  }
  await customer.sees("Picked this morning. On your table tonight.");
  await customer.choosesSignIn();
  await customer.signsIn();
});

test("back after signing in shows nothing that could be sent again", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  const journey = customer.page.url();
  await customer.signsIn();
  const answer = await customer.page.request.get(journey, { maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  await customer.page.goto("/");
  await customer.isSignedIn();
});

test("a double click makes one account", async ({ person }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.page.getByRole("button", { name: "Create one" }).dblclick();
  await person.sees("Create your account");
  await person.entersAddress();
  await person.page.getByRole("button", { name: "Send code" }).dblclick();
  await person.sees("Check your email");
  await person.entersCode(await person.newestCode());
  await person.sees("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await person.fillsInAttributes();
  await person.page.getByRole("button", { name: "Create account" }).dblclick();
  await person.isSignedIn();
});

test("a tab that fell behind shows where the journey is", async ({ customer }) => {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  const stale = await customer.inNewWindow();
  await stale.page.goto(customer.page.url());
  await stale.sees("Sign in");

  await customer.presses("Create one");
  await customer.sees("Create your account");
  await customer.entersAddress("fresh@example.org");
  await customer.presses("Send code");
  await customer.sees("Check your email");

  await stale.entersAddress();
  await stale.presses("Continue");
  await stale.sees("Check your email");
  await expect(stale.page.getByText("fresh@example.org")).toBeVisible();
});

test("the journey of one browser is nothing to another", async ({ person, browser, baseURL }) => {
  await person.opensTheShop();
  await person.choosesSignIn();
  const stranger = await browser.newContext({ baseURL });
  const answer = await stranger.request.get(person.page.url());
  expect(answer.status()).toBe(410);
  expect(await answer.text()).toContain("Start again");
  await stranger.close();
});
