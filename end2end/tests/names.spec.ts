// What people are called: a user name, with an address for resets that nobody is told; or an address that is taken as typed.

import { randomUUID } from "node:crypto";
import { makeFlows } from "./flows.ts";
import { expect, test } from "./house.ts";
import { passphrase, type Person } from "./person.ts";

test.beforeEach(({ server }) =>
  makeFlows(server, [
    { name: "ByUserName", rules: { signInName: "userName" } },
    { name: "ByEither", rules: { signInName: "emailOrUserName" } },
    { name: "AsTyped", rules: { address: "asTyped" } },
  ]),
);

const someName = () => `ada-${randomUUID().slice(0, 8)}`;

/** From the first page to the application. */
async function signsUp(person: Person, userName: string) {
  await person.isSentBy({ p: "ByUserName" });
  await person.sees("Sign in");
  await person.presses("Create one");
  await person.sees("Create your account");
  await person.enters("User name", userName);
  await person.presses("Continue");
  await person.sees("Where can we reach you?");
  await expect(person.page.locator(".who")).toContainText(userName);
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await person.fillsInAttributes();
  await person.presses("Create account");
  await person.isBack();
}

test("a user name signs up, signs in, and gets its password back", async ({ person }) => {
  const userName = someName();
  await signsUp(person, userName);

  await person.context.clearCookies();
  await person.isSentBy({ p: "ByUserName" });
  await person.sees("Sign in");
  await person.enters("User name", userName.toUpperCase());
  await person.presses("Continue");
  await person.sees("Enter your password");
  await person.enters("Password", "not this one");
  await person.presses("Sign in");
  await person.isTold("User name and password don’t match.");
  const known = await person.mailbox();
  await person.presses("Forgot password?");
  await person.sees("Check your email");
  await expect(person.page.getByText("If this user name has an account")).toBeVisible();
  await expect(person.page.locator(".card")).not.toContainText("example.org");
  await person.entersCode(await person.newestCode(known));
  await person.sees("Choose a new password");
  person.password = passphrase();
  await person.enters("New password", person.password);
  await person.presses("Save and sign in");
  await person.isBack();

  await person.context.clearCookies();
  await person.isSentBy({ p: "ByEither" });
  await person.sees("Sign in");
  await person.enters("Email address or user name", userName);
  await person.presses("Continue");
  await person.sees("Enter your password");
  await person.enters("Password", person.password);
  await person.presses("Sign in");
  await person.isBack();
});

test("a user name that is taken, or is none, is told at its field", async ({ person, server }) => {
  const userName = someName();
  await signsUp(person, userName);
  await person.context.clearCookies();
  await person.isSentBy({ p: "ByUserName", prompt: "create" });
  await person.sees("Create your account");
  await person.enters("User name", userName);
  await person.presses("Continue");
  await person.isTold("Somebody has this user name already. Choose another one.");
  await person.findsNoBarrier();
  await expect(person.page.getByLabel("User name")).toHaveValue(userName);
  await person.enters("User name", person.address);
  await person.presses("Continue");
  await person.isTold("Begin with a letter or digit");
  expect(server.told()).not.toContain(person.address);
});

test("the address behind a user name is chosen anew, and the name anew too", async ({ person }) => {
  const userName = someName();
  await person.isSentBy({ p: "ByUserName", prompt: "create" });
  await person.sees("Create your account");
  await person.enters("User name", userName);
  await person.presses("Continue");
  await person.sees("Where can we reach you?");
  await person.entersAddress();
  await person.presses("Send code");
  await person.sees("Check your email");
  await person.presses("Change the email address");
  await person.sees("Where can we reach you?");
  await expect(person.page.getByLabel("Email address")).toHaveValue(person.address);
  await person.presses("Change the user name");
  await person.sees("Create your account");
  await expect(person.page.getByLabel("User name")).toHaveValue(userName);
});

async function signsUpAsTyped(person: Person) {
  await person.isSentBy({ p: "AsTyped", prompt: "create" });
  await person.sees("Create your account");
  await person.entersAddress();
  await person.presses("Continue");
  await person.sees("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await person.fillsInAttributes();
  await person.presses("Create account");
}

test("an address that is taken as typed is asked for no code", async ({ person }) => {
  await signsUpAsTyped(person);
  await person.isBack();
  expect(await person.mailbox()).toBeUndefined();

  // Whoever comes with the same address has to show that it is theirs.
  await person.context.clearCookies();
  await signsUpAsTyped(person);
  await person.sees("Check your email");
  await person.entersCode(await person.newestCode());
  await person.sees("Enter your password");
  await person.isTold("You have an account with this address already.");
});
