// A second step: where a flow asks for one, a code to another address than the one that signs in.

import { randomUUID } from "node:crypto";
import { makeFlows } from "./flows.ts";
import { expect, test } from "./house.ts";
import type { Mail, Person } from "./person.ts";

const flow = "AskedTwice";

test.beforeEach(({ server }) => makeFlows(server, [{ name: flow, rules: { secondStep: { asked: "always" } } }]));

/** Of another mailbox of theirs. */
class Mailbox {
  constructor(
    private readonly person: Person,
    readonly address = `ada.${randomUUID().slice(0, 13)}@elsewhere.example`,
  ) {}

  private async looking<T>(look: () => Promise<T>): Promise<T> {
    const before = this.person.address;
    this.person.address = this.address;
    return look().finally(() => (this.person.address = before));
  }

  latest = () => this.looking(() => this.person.mailbox());
  code = (known?: Mail) => this.looking(() => this.person.newestCode(known));
}

async function entersPassword(person: Person) {
  await person.isSentBy({ p: flow });
  await person.sees("Sign in");
  await person.entersAddress();
  await person.presses("Continue");
  await person.sees("Enter your password");
  await person.enters("Password", person.password);
  await person.presses("Sign in");
}

test("a person signs up with a second step, and shows it ever after", async ({ person }) => {
  const elsewhere = new Mailbox(person);
  await person.isSentBy({ p: flow, prompt: "create" });
  await person.sees("Create your account");
  await person.provesTheAddress("Create a password");
  await person.createsPassword();
  await person.sees("Tell us about yourself");
  await person.fillsInAttributes();
  await person.presses("Create account");
  await person.sees("Set up a second step");
  await person.entersAddress("nowhere@example");
  await person.presses("Send code");
  await person.isTold("Enter a full address, like you@example.com.");
  const mistyped = `bda.${randomUUID()}@elsewhere.example`;
  await person.entersAddress(mistyped);
  await person.presses("Send code");
  await person.sees("Check your email");
  await person.presses("Use another address");
  await person.sees("Set up a second step");
  await expect(person.page.getByRole("textbox", { name: "Email address" })).toHaveValue(mistyped);
  await person.entersAddress(elsewhere.address);
  await person.presses("Send code");
  await person.sees("Check your email");
  await person.entersCode(await elsewhere.code());
  await person.isBack();

  await person.context.clearCookies();
  await entersPassword(person);
  await person.sees("One more step");
  await expect(person.page.locator("main")).not.toContainText(elsewhere.address);
  const known = await elsewhere.latest();
  await person.presses("Send code");
  await person.sees("Check your email");
  const code = await elsewhere.code(known);
  await person.entersCode(code === "00000000" ? "00000001" : "00000000");
  await person.isTold("Tries left: 4.");
  await person.entersCode(code);
  await person.isBack();
});

test("a customer of before takes the address that is theirs already", async ({ customer }) => {
  await entersPassword(customer);
  await customer.sees("Set up a second step");
  await customer.presses(/^Use g/);
  await customer.isBack();
});
