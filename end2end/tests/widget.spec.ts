// The widget in a page on another origin, which has styles of its own and allows only what is documented.

import AxeBuilder from "@axe-core/playwright";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { demo } from "../journey.mjs";
import { binaryOf, newPlace, remove, start, type Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";
import { expect, test } from "./house.ts";
import type { Person } from "./person.ts";

test.use({ bypassCSP: false });

/** What a page with the widget has to allow, and nothing more. */
const policy = (portico: string) =>
  `default-src 'none'; script-src 'self' ${portico} 'wasm-unsafe-eval'; connect-src ${portico}; img-src ${portico}; style-src 'self'; base-uri 'none'`;

// A header that browsers do not send themselves would make them ask before every request.
test.use({ extraHTTPHeaders: {} });

type Host = { origin: string; shows(markup: string): void; close(): void };

const story = test.extend<{ host: { opens(markup?: string): Promise<void> } }, { server: Server; pages: Host }>({
  pages: [({}, use) => serve().then(async (pages) => (await use(pages), pages.close())), { scope: "worker" }],

  // Known as the application's own before anybody asks.
  server: [
    async ({ database, pages }, use) => {
      const place = newPlace(database);
      const server = await start({ binary: binaryOf("debug"), place });
      const notes = JSON.stringify({ widgetOrigins: [pages.origin] });
      ask(place.databaseUrl, `update applications set notes = ${quoted(notes)} where id = ${quoted(demo.clientId)}`);
      await use(server);
      expect(await server.stop(), server.told()).toBe(0);
      remove(place);
    },
    { scope: "worker" },
  ],

  host: async ({ page, server, pages }, use) => {
    await use({
      async opens(asked = `<portico-sign-in tenant="demo" client-id="${demo.clientId}"></portico-sign-in>`) {
        pages.shows(`<script type="module" src="${server.origin}/widget.js"></script>${asked}`);
        allowed = policy(server.origin);
        await page.goto(pages.origin);
      },
    });
  },
});

let allowed = "";

const LOG = `globalThis.told = [];
for (const type of ["step", "signed-in", "signed-up", "signed-out", "error"]) {
  addEventListener(type, ({ detail }) => told.push([type, detail?.step ?? detail?.error?.message].filter(Boolean).join(" ")));
}`;

async function serve(): Promise<Host> {
  let markup = "";
  const server = createServer(({ url }, response) => {
    const answer = (type: string, body: string) => response.setHeader("content-type", type).end(body);
    if (url === "/style.css") return void answer("text/css", "* { color: purple; font: 20px serif } main { max-width: 40rem }");
    if (url === "/log.js") return void answer("text/javascript", LOG);
    if (url !== "/") return void response.writeHead(204).end();
    response.setHeader("content-security-policy", allowed);
    answer(
      "text/html; charset=utf-8",
      `<!doctype html><html lang="en"><title>Bakery</title><link rel="stylesheet" href="/style.css"><script src="/log.js"></script><main><h1>The bakery</h1>${markup}</main></html>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, shows: (asked) => (markup = asked), close: () => server.close() };
}

async function sees(person: Person, heading: string) {
  await expect(person.page.locator("portico-sign-in h1")).toHaveText(heading);
  await expect.poll(() => person.page.locator("portico-sign-in form").first().evaluate((form: HTMLFormElement) => form.noValidate)).toBe(true);
  const { violations } = await new AxeBuilder({ page: person.page }).include("portico-sign-in").setLegacyMode(true).disableRules(["page-has-heading-one", "landmark-main-is-top-level", "landmark-no-duplicate-main", "landmark-contentinfo-is-top-level"]).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
}

const told = (person: Person) => person.page.evaluate(() => (globalThis as unknown as { told: string[] }).told);

const token = (person: Person) =>
  person.page.locator("portico-sign-in").evaluate((element) => (element as unknown as { getAccessToken(): Promise<string | null> }).getAccessToken());

story("a customer signs in inside somebody else's page", { tag: "@script" }, async ({ customer, host }) => {
  await host.opens();
  await sees(customer, "Sign in");
  await customer.entersAddress();
  await customer.presses("Continue");
  await sees(customer, "Enter your password");
  await customer.enters("Password", customer.password);
  await customer.page.keyboard.press("Enter");
  await expect.poll(() => told(customer)).toEqual(["step address", "step password", "step done", "signed-in"]);
  expect(await token(customer)).toMatch(/^ey/);
  const user = await customer.page.locator("portico-sign-in").evaluate((element) => (element as unknown as { user: { name: string } }).user);
  expect(user.name).toBe(customer.name);
  await customer.page.locator("portico-sign-in").evaluate((element) => (element as unknown as { signOut(): Promise<void> }).signOut());
  await sees(customer, "Sign in");
  expect(await token(customer)).toBeNull();
});

story("a new person signs up there", { tag: "@script" }, async ({ person, host }) => {
  await host.opens();
  await sees(person, "Sign in");
  await person.presses("Create one");
  await sees(person, "Create your account");
  await person.entersAddress();
  await person.presses("Send code");
  await sees(person, "Check your email");
  await person.entersCode(await person.newestCode());
  await sees(person, "Create a password");
  await person.createsPassword();
  await sees(person, "Tell us about yourself");
  await person.fillsInAttributes();
  await person.presses("Create account");
  await expect.poll(async () => (await told(person)).slice(-2)).toEqual(["signed-up", "signed-in"]);
});

story("an element that leaves takes its requests along, and comes back to where it was", { tag: "@script" }, async ({ customer, host }) => {
  await host.opens();
  await sees(customer, "Sign in");
  await customer.entersAddress();
  await customer.presses("Continue");
  await sees(customer, "Enter your password");
  await customer.page.evaluate(async () => {
    const element = document.querySelector("portico-sign-in")!;
    element.remove();
    await new Promise((done) => setTimeout(done));
    document.querySelector("main")!.append(element);
  });
  await sees(customer, "Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await expect.poll(async () => (await told(customer)).at(-1)).toBe("signed-in");
});

story("another language is another drawing, from right to left", { tag: "@script" }, async ({ person, host }) => {
  await host.opens(`<portico-sign-in tenant="demo" client-id="${demo.clientId}" locale="de"></portico-sign-in>`);
  await sees(person, "Anmelden");
  await person.page.locator("portico-sign-in summary").click();
  await person.page.locator("portico-sign-in .entries button[lang=ar]").click();
  await expect(person.page.locator("portico-sign-in .body")).toHaveAttribute("dir", "rtl");
});
