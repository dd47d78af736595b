// A person in front of the widget inside somebody else's page: does there what a person does on our own pages.

import { expect } from "@playwright/test";
import { element, script, type Host } from "./host.ts";
import { often, Person } from "./person.ts";

export class Visitor extends Person {
  constructor(
    private readonly host: Host,
    ...one: ConstructorParameters<typeof Person>
  ) {
    super(...one);
  }

  override get whole() {
    return this.page.locator("portico-sign-in .body");
  }

  override async opensTheShop() {
    await this.host.opens();
  }

  override async choosesSignIn(heading = "Sign in") {
    await this.sees(heading);
  }

  override async choosesSignInByKeyboard() {
    await this.choosesSignIn();
  }

  override async sees(heading: string | RegExp) {
    await sees(this, heading);
  }

  override async isSentBy({ p, prompt, ui_locales }: Record<string, string>) {
    const flow = p ? `flow="${p}"` : "";
    const locale = ui_locales ? `locale="${ui_locales}"` : "";
    await this.host.opens(script(this.server) + element(`${flow} ${locale}`));
    if (prompt !== "create") return;
    await this.sees("Sign in");
    await this.presses("Create one");
  }

  override async isBack() {
    await expect.poll(async () => (await told(this)).at(-1)).toBe("signed-in");
  }

  override async isWelcome() {
    await this.isBack();
  }

  override async isSignedIn() {
    await isSignedIn(this);
  }

  override async signsOut() {
    await asked(this, (element) => element.signOut());
  }

  /** As the shop names what it is told. */
  override async details() {
    const user = await asked(this, (element) => element.user as Record<string, unknown> | null);
    const plain = (value: unknown) => (typeof value === "boolean" ? (value ? "Yes" : "No") : String(value));
    const label = (claim: string) => {
      const words = claim.replace("extension_", "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return words[0]!.toUpperCase() + words.slice(1);
    };
    const told = Object.entries(user ?? {}).filter(([claim]) => /^(name|email|country|extension_.+)$/.test(claim));
    return Object.fromEntries(told.map(([claim, value]) => [label(claim), plain(value)]));
  }
}

/** The screen with this heading has arrived, WebAssembly has taken it over, and nobody is kept out of the page. */
export async function sees(person: Person, heading: string | RegExp, nth = 0) {
  const widget = person.page.locator("portico-sign-in").nth(nth);
  await expect(widget.locator("h2")).toHaveText(heading);
  await expect.poll(() => widget.locator("form").first().evaluate((form: HTMLFormElement) => form.noValidate), often).toBe(true);
  await person.findsNoBarrier();
}

/** The events that the page heard. */
export const told = (person: Person) => person.page.evaluate(() => (globalThis as unknown as { told: string[] }).told);

type Element = HTMLElement & { user: { name: string } | null; getAccessToken(): Promise<string | null>; signOut(): Promise<void> };

export const asked = <T>(person: Person, question: (element: Element) => T) =>
  person.page.locator("portico-sign-in").first().evaluate(question as (element: HTMLElement | SVGElement) => T);

export async function isSignedIn(person: Person) {
  await expect.poll(async () => (await told(person)).at(-1)).toBe("signed-in");
  expect(await asked(person, (element) => element.getAccessToken())).toMatch(/^ey/);
  expect(await asked(person, (element) => element.user?.name)).toBe(person.name);
}
