// A person at the door: reads headings, fills in what is labelled, presses what is named, looks into the mailbox.

import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { authorizationRequest } from "../journey.mjs";
import type { Server } from "../portico.mjs";
import { findNoBarrier } from "./barriers.ts";

export type Someone = { name: string; address: string; password: string };

/** A password that no rule objects to. */
export const passphrase = () => `plum kettle ${randomUUID().slice(0, 8)}`;

/** What is waited for comes in a moment, and whoever looks seldom sees it late. */
export const often = { intervals: [50] };

export class Person {
  name = "Ada Lovelace";
  address = `ada.${randomUUID().slice(0, 13)}@example.org`;
  password = passphrase();

  constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly server: Server,
    readonly hasScript: boolean,
    /** Opens a window like theirs, but with script. */
    private readonly inspection: () => Promise<Page>,
  ) {}

  /** The same person with another window, which shares its cookies. */
  async inNewWindow(): Promise<Person> {
    const page = await this.context.newPage();
    const { name, address, password } = this;
    return Object.assign(new Person(page, this.context, this.server, this.hasScript, this.inspection), { name, address, password });
  }

  // What they see

  /** What says which language all of it is in. */
  get whole(): Locator {
    return this.page.locator("html");
  }

  async opensTheShop() {
    await this.page.goto("/");
    await this.sees("Picked this morning. On your table tonight.");
  }

  /** The page with this heading has arrived, whole, and nobody is kept out of it. */
  async sees(heading: string | RegExp) {
    await expect(this.page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await this.isTakenOver();
    await this.findsNoBarrier();
  }

  /** With script, WebAssembly takes the server's page over; it says so by judging the fields itself. */
  async isTakenOver() {
    if (!this.hasScript || (await this.page.locator("script[data-wasm]").count()) === 0) return;
    await expect
      .poll(() => this.page.locator("#hosted form").first().evaluate((form: HTMLFormElement) => form.noValidate), often)
      .toBe(true);
  }

  async findsNoBarrier() {
    await findNoBarrier(this.page, this.hasScript ? {} : { through: () => this.asSeenWithScript() });
  }

  /** Axe is a script: where none may run, it looks at the same document in a window where it may. */
  private async asSeenWithScript(): Promise<Page> {
    const document = (await this.page.content()).replace(/<script.*?<\/script>/gs, "");
    const inspection = await this.inspection();
    await inspection.unrouteAll();
    await inspection.route(this.page.url(), (route) => route.fulfill({ contentType: "text/html", body: document }));
    await inspection.goto(this.page.url());
    return inspection;
  }

  async isTold(sentence: string | RegExp) {
    await expect(this.page.locator(".fault, .notice, .summary").filter({ hasText: sentence }).first()).toBeVisible();
  }

  // What they do

  async presses(name: string | RegExp) {
    await this.page.getByRole("button", { name }).click();
  }

  async choosesSignIn(heading = "Sign in") {
    await this.page.locator(".corner").getByRole("link", { name: "Sign-in" }).click();
    await this.sees(heading);
  }

  async choosesSignInByKeyboard() {
    await this.page.locator(".corner").getByRole("link", { name: "Sign-in" }).focus();
    await this.page.keyboard.press("Enter");
    await this.sees("Sign in");
    await expect(this.page.getByLabel("Email address")).toBeFocused();
  }

  async enters(label: string | RegExp, text: string) {
    await this.page.getByLabel(label, { exact: typeof label === "string" }).fill(text);
  }

  async entersAddress(address = this.address) {
    await this.enters("Email address", address);
  }

  /** With script a whole code sends itself. */
  async entersCode(code: string, button = "Continue") {
    await this.enters("Code", code);
    if (!this.hasScript) await this.presses(button);
  }

  // Whole stretches of the way

  /** From the first page through the mailed code, to the page with this heading. */
  async provesTheAddress(then: string) {
    const known = await this.mailbox();
    await this.entersAddress();
    await this.presses("Send code");
    await this.sees("Check your email");
    await this.entersCode(await this.newestCode(known));
    await this.sees(then);
  }

  async createsPassword() {
    await this.enters("New password", this.password);
    await this.presses("Continue");
  }

  async fillsInAttributes() {
    await this.enters("Display name", this.name);
    await this.page.getByLabel("Country/Region").selectOption({ label: "Sweden" });
    await this.enters(/^Loyalty number/, "4817");
    await this.page.getByRole("radio", { name: "A friend" }).check();
    await this.page.getByRole("checkbox", { name: /I agree to the terms of use/ }).check();
  }

  /** From the shop to the last page of a sign-up. */
  async isAskedForAttributes() {
    await this.opensTheShop();
    await this.choosesSignIn();
    await this.presses("Create one");
    await this.sees("Create your account");
    await this.provesTheAddress("Create a password");
    await this.createsPassword();
    await this.sees("Tell us about yourself");
  }

  async signsUp() {
    await this.isAskedForAttributes();
    await this.fillsInAttributes();
    await this.presses("Create account");
    await this.isSignedIn();
  }

  async signsIn() {
    await this.entersAddress();
    await this.presses("Continue");
    await this.sees("Enter your password");
    await this.enters("Password", this.password);
    await this.presses("Sign in");
    await this.isSignedIn();
  }

  /** What another application, or this one with other wishes, asks. It comes back to the shop's first page. */
  async isSentBy(wishes: Record<string, string>) {
    const redirect_uri = `${this.server.origin}/`;
    await this.page.goto(authorizationRequest(this.server.origin, { redirect_uri, ...wishes }).path);
  }

  /** What the application was told in the address. */
  broughtBack(): URLSearchParams {
    return new URL(this.page.url()).searchParams;
  }

  /** The application has its answer. */
  async isBack() {
    await this.page.waitForURL(/[?&]code=/);
  }

  async isWelcome() {
    await this.sees(/^Good to see you/);
  }

  async isSignedIn() {
    await this.sees(`Good to see you, ${this.name}`);
  }

  async signsOut() {
    await this.page.locator(".corner").getByRole("button", { name: "Sign-out" }).click();
    await this.sees("Picked this morning. On your table tonight.");
  }

  /** What the shop was told, by the name it shows. */
  async details(): Promise<Record<string, string>> {
    const rows = await this.page.locator("dl.details > div").all();
    const pairs = rows.map(async (row) => [await row.locator("dt").innerText(), await row.locator("dd").innerText()]);
    return Object.fromEntries(await Promise.all(pairs));
  }

  // Their mailbox

  /** The newest letter to them that is not the one they know already. */
  async newestMail(known?: Mail): Promise<Mail> {
    let mail: Mail | undefined;
    await expect
      .poll(
        async () => {
          mail = await this.mailbox();
          return mail !== undefined && mail.at !== known?.at;
        },
        { message: "a mail arrives", ...often },
      )
      .toBe(true);
    return mail as Mail;
  }

  async mailbox(): Promise<Mail | undefined> {
    const answer = await fetch(`${this.server.origin}/dev/mail/latest?to=${encodeURIComponent(this.address)}`);
    return answer.ok ? ((await answer.json()) as Mail) : undefined;
  }

  async newestCode(known?: Mail): Promise<string> {
    const { code } = await this.newestMail(known);
    expect(code).toMatch(/^\d{8}$/);
    return code as string;
  }
}

export type Mail = { to: string; at: number; subject: string; text: string; code: string | null };
