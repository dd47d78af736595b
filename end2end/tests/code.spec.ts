// The code: typed wrong, pasted, asked for again. (That it dies after ten minutes is tested where the clock can be held.)

import type { Locator } from "@playwright/test";
import { expect, test } from "./house.ts";
import type { Person } from "./person.ts";

async function isAskedForTheCode(person: Person) {
  await person.opensTheShop();
  await person.choosesSignIn();
  await person.presses("Create one");
  await person.sees("Create your account");
  await person.entersAddress();
  await person.presses("Send code");
  await person.sees("Check your email");
  return person.newestCode();
}

/** Another code than this one, with every digit turned. */
const turned = (code: string) => [...code].map((digit) => (Number(digit) + 5) % 10).join("");

test("a wrong code says how many tries are left, and the right one still counts", async ({ person }) => {
  const code = await isAskedForTheCode(person);
  await person.entersCode(turned(code));
  await person.isTold("That isn’t the newest code. Tries left: 4.");
  await person.sees("Check your email");
  await person.entersCode(code);
  await person.sees("Create a password");
});

test("what cannot be a code costs no try", async ({ person }) => {
  const code = await isAskedForTheCode(person);
  await person.enters("Code", "1234");
  await person.presses("Continue");
  await person.isTold("Enter the 8 digits from the email.");
  await person.entersCode(turned(code));
  await person.isTold("Tries left: 4.");
});

test("five wrong codes kill it", async ({ person }) => {
  const code = await isAskedForTheCode(person);
  for (const left of [4, 3, 2, 1]) {
    await person.entersCode(turned(code));
    await person.isTold(`Tries left: ${left}.`);
  }
  await person.entersCode(turned(code));
  await person.isTold("That code was tried too often and no longer works.");
  await person.entersCode(code);
  await person.isTold("That code was tried too often and no longer works.");
  await person.sees("Check your email");
});

test("a code can be pasted with a space in it", async ({ person }) => {
  const code = await isAskedForTheCode(person);
  await person.entersCode(`${code.slice(0, 4)} ${code.slice(4)}`);
  await person.sees("Create a password");
});

/** The browser counts down. */
const waits = (_: Person, another: Locator) => expect(another).toHaveText("send a new code", { timeout: 45_000 });

/** Without script the countdown stands still, and a fresh page says what is left. */
async function comesBackLater({ page }: Person, another: Locator) {
  const shown = () => page.reload().then(() => another.innerText());
  await expect.poll(shown, { timeout: 45_000, intervals: [25_000, 1_000] }).toBe("send a new code");
}

test("a new code can be had after half a minute, and only the newest works", async ({ person }) => {
  // By the server's clock as well, which nobody puts forward.
  test.slow();
  const code = await isAskedForTheCode(person);
  const known = await person.mailbox();
  const another = person.page.getByRole("button", { name: /send a new code/ });
  await expect(another).toHaveText(/send a new code in 0:\d\d/);

  // Too early: nothing is sent, and the page still says how long to wait.
  await Promise.all([person.page.waitForResponse((answer) => answer.request().method() === "POST"), another.click()]);
  await expect(another).toHaveText(/send a new code in 0:\d\d/);
  expect((await person.mailbox())?.at).toBe(known?.at);

  await (person.hasScript ? waits : comesBackLater)(person, another);
  await another.click();
  await person.isTold("A new code is on its way. Only the newest one works.");
  const newest = await person.newestCode(known);
  await expect(another).toHaveText(/send a new code in 0:\d\d/);
  await person.entersCode(code);
  await person.isTold("That isn’t the newest code.");
  await person.entersCode(newest);
  await person.sees("Create a password");
});

test("the field is one that phones and mail programs fill in", async ({ person }) => {
  await isAskedForTheCode(person);
  const field = person.page.getByLabel("Code", { exact: true });
  await expect(field).toHaveAttribute("autocomplete", "one-time-code");
  await expect(field).toHaveAttribute("inputmode", "numeric");
  await expect(field).toBeFocused();
});
