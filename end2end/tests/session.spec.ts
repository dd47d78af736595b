// Sessions: kept or not, and one sign-in for every application of the tenant.

import { expect, test } from "./house.ts";
import type { Person } from "./person.ts";

async function signsIn(customer: Person, keep: boolean) {
  await customer.opensTheShop();
  await customer.choosesSignIn();
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", customer.password);
  if (keep) await customer.page.getByLabel("Keep me signed in").check();
  await customer.presses("Sign in");
  await customer.isSignedIn();
}

async function sessionEnds(customer: Person) {
  const cookies = await customer.context.cookies();
  return cookies.find(({ name }) => name.includes("session-"))?.expires;
}

test("without Keep me signed in the session ends with the browser", async ({ customer }) => {
  await signsIn(customer, false);
  expect(await sessionEnds(customer)).toBe(-1);
});

test("Keep me signed in keeps it", async ({ customer }) => {
  await signsIn(customer, true);
  const tomorrow = Date.now() / 1000 + 24 * 3600;
  expect(await sessionEnds(customer)).toBeGreaterThan(tomorrow);
});

test("who is signed in goes straight through another request", async ({ customer }) => {
  await signsIn(customer, false);
  await customer.isSentBy({});
  expect(customer.broughtBack().get("code")).toBeTruthy();
  expect(customer.broughtBack().get("state")).toBe("s");
  expect(customer.broughtBack().get("iss")).toContain(customer.server.origin);
});

test("prompt=none asks nobody, and says so", async ({ customer }) => {
  await customer.isSentBy({ prompt: "none" });
  expect(customer.broughtBack().get("error")).toBe("login_required");
  await signsIn(customer, false);
  await customer.isSentBy({ prompt: "none" });
  expect(customer.broughtBack().get("code")).toBeTruthy();
});

test("prompt=login asks anew, with the address filled in", async ({ customer }) => {
  await signsIn(customer, false);
  await customer.isSentBy({ prompt: "login" });
  await customer.sees("Sign in");
  await expect(customer.page.getByLabel("Email address")).toHaveValue(customer.address);
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.page.waitForURL(/code=/);
});

test("prompt=select_account offers who is signed in, and somebody else", async ({ customer }) => {
  await signsIn(customer, false);
  await customer.isSentBy({ prompt: "select_account" });
  await customer.sees("Choose an account");
  await expect(customer.page.getByText(customer.address)).toBeVisible();
  await customer.presses("Use another account");
  await customer.sees("Sign in");
  await expect(customer.page.getByLabel("Email address")).toHaveValue("");

  await customer.isSentBy({ prompt: "select_account" });
  await customer.sees("Choose an account");
  await customer.presses(`Continue as ${customer.name}`);
  await customer.page.waitForURL(/code=/);
});

test("login_hint fills the address in", async ({ person }) => {
  await person.isSentBy({ login_hint: person.address });
  await person.sees("Sign in");
  await expect(person.page.getByLabel("Email address")).toHaveValue(person.address);
});

test("signing out ends it for every application", async ({ customer }) => {
  await signsIn(customer, true);
  await customer.signsOut();
  await customer.isSentBy({ prompt: "none" });
  expect(customer.broughtBack().get("error")).toBe("login_required");
});
