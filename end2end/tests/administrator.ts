// An administrator at the portal: comes by the link that the server printed, opens what the menu names, presses what is labelled.

import type { Server } from "../portico.mjs";
import { findNoBarrier } from "./barriers.ts";
import { expect, ownServer, test as base } from "./house.ts";
import { passphrase } from "./person.ts";
import type { Cookie, Page } from "@playwright/test";

/** With a server of its own: what administrators change is nothing to other stories. */
export const test = base.extend<{ administrator: Administrator }, { server: Server }>({
  server: ownServer(),

  administrator: async ({ page, server }, use) => {
    const administrator = new Administrator(page, server);
    await administrator.comes();
    await use(administrator);
  },
});

/** One account for all stories of a server, whose link is good once; and its session, so that only the first story signs in. */
const known = new WeakMap<Server, { address: string; password: string; session: Cookie[] }>();

export class Administrator {
  constructor(
    readonly page: Page,
    readonly server: Server,
  ) {}

  async comes() {
    const isFirst = !known.has(this.server);
    await this.arrives();
    if (isFirst) await this.presses("Put the welcome away");
  }

  /** As far as the first screen, as it is then. */
  async arrives() {
    const context = this.page.context();
    const account = known.get(this.server);
    if (account) {
      await context.addCookies(account.session);
      await this.page.goto("/admin/");
    } else await this.isTheFirst();
    await this.signsIn();
    const session = (await context.cookies()).filter(({ name }) => /^(session|browser-state)-/.test(name));
    expect(session, "a session that the next story goes on with").not.toEqual([]);
    known.set(this.server, { ...known.get(this.server)!, session });
  }

  private async isTheFirst() {
    const account = { address: "marta@woodgrove.example", password: passphrase(), session: [] };
    const link = /\S+\/admin\/setup\?token=[\w-]+/.exec(this.server.run("administrator", "link"))?.[0];
    await this.page.goto(link ?? "the command told no link");
    await this.page.getByLabel("Your name").fill("Marta Weber");
    await this.page.getByLabel("Email address").fill(account.address);
    await this.page.getByLabel("New password").fill(account.password);
    await this.presses("Make administrator");
    known.set(this.server, account);
  }

  private async signsIn() {
    const heading = this.page.getByRole("heading", { level: 1 });
    await expect(heading).toHaveText(/^(User flows|Sign in)$/);
    if ((await heading.innerText()) === "Sign in") {
      const { address, password } = known.get(this.server)!;
      await this.page.getByLabel("Email address").fill(address);
      await this.presses("Continue");
      await this.page.locator("#password").fill(password);
      await this.presses("Sign in");
    }
    await this.sees("User flows");
  }

  async sees(heading: string | RegExp) {
    await expect(this.page.getByRole("heading", { level: 1 }).first()).toHaveText(heading);
    await expect(this.page.getByRole("status", { name: "Loading" })).toHaveCount(0);
  }

  /** By the menu at the left. */
  async opens(name: string) {
    await this.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await this.sees(name);
  }

  /** By the tabs of what is open; where a word stands over them, `under` that one. */
  async turnsTo(name: string, under?: string) {
    const menu = this.page.getByRole("navigation", { name: /^(User flow|Activity)$/ });
    const tabs = under ? menu.getByRole("list", { name: under, exact: true }) : menu;
    await tabs.getByRole("link", { name, exact: true }).click();
    await expect(this.page.getByRole("status", { name: "Loading" })).toHaveCount(0);
  }

  /** In a list. */
  async selects(name: string) {
    await this.page.getByRole("rowheader").getByRole("link", { name, exact: true }).click();
    await this.sees(name);
  }

  async presses(name: string | RegExp) {
    await this.page.getByRole("button", { name, exact: typeof name === "string" }).first().click();
  }

  /** A question before something that cannot be taken back. */
  async confirms(question: string | RegExp, act: string) {
    const asked = this.page.getByRole("dialog", { name: question });
    await expect(asked).toBeVisible();
    await this.findsNoBarrier();
    await asked.getByRole("button", { name: act, exact: true }).click();
    await expect(asked).toHaveCount(0);
  }

  async isTold(sentence: string | RegExp) {
    await expect(this.page.locator(".toast").filter({ hasText: sentence }).first()).toBeVisible();
  }

  /** One more application, which is open then; tells its id. */
  async registers(name: string): Promise<string> {
    await this.page.goto("/admin/applications");
    await this.sees("Applications");
    await this.presses("Register an application");
    const window = this.page.getByRole("dialog", { name: "Register an application" });
    await window.getByLabel("Name", { exact: true }).fill(name);
    await window.getByRole("button", { name: "Register" }).click();
    await this.sees(name);
    return this.page.url().split("/").at(-1)!;
  }

  /** To the API of the application that is open. */
  async addsScope(name: string, title: string) {
    await this.presses("Add a scope");
    const window = this.page.getByRole("dialog", { name: "Add a scope" });
    await window.getByLabel("Name", { exact: true }).fill(name);
    await window.getByLabel(/^Title/).fill(title);
    await this.page.keyboard.press("Enter");
    await expect(window).toHaveCount(0);
    await expect(this.page.getByRole("button", { name: `Acts on ${name}`, exact: true })).toBeVisible();
  }

  /** To the application that is open, for everybody. */
  async grants(scope: string, api: string) {
    await this.presses("Add a permission");
    const window = this.page.getByRole("dialog", { name: "Add a permission" });
    await window.getByRole("radio", { name: new RegExp(`^${api}`) }).check();
    await window.getByRole("checkbox", { name: new RegExp(`^${scope}`) }).check();
    await this.page.keyboard.press("Enter");
    await expect(window).toHaveCount(0);
    await expect(this.page.getByRole("button", { name: `Take back ${scope} of ${api}` })).toBeVisible();
  }

  /** In the portal itself: what its preview shows is looked at where it is a page. */
  async findsNoBarrier() {
    await findNoBarrier(this.page, { except: ".page" });
  }

  /** The labels of *Page layouts*, top to bottom. */
  async order(): Promise<string[]> {
    const labels = this.page.getByRole("textbox", { name: /^Label of / });
    return labels.evaluateAll((all) => all.map((label) => (label as HTMLInputElement).value));
  }
}

export { expect };
