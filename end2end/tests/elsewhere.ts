// Somebody else's page, on another origin, with styles of its own and a policy that allows only what is documented; and a
// person in front of the widget inside it.

import AxeBuilder from "@axe-core/playwright";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { demo } from "../journey.mjs";
import { binaryOf, newPlace, remove, start, type Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";
import { expect, test as base } from "./house.ts";
import type { Person } from "./person.ts";

/** What a page with the widget has to allow, and nothing more. */
export const policy = (portico: string) =>
  `default-src 'none'; script-src 'self' ${portico} 'wasm-unsafe-eval'; connect-src ${portico}; img-src ${portico}; style-src 'self'; base-uri 'none'`;

/** The same in the eyes of somebody who allows no WebAssembly. */
export const withoutWebAssembly = (portico: string) => policy(portico).replace(" 'wasm-unsafe-eval'", "");

type Pages = { origin: string; shows(markup: string, policy: string): void; close(): void };

export type Host = { origin: string; opens(markup?: string, policy?: string): Promise<void> };

export const element = (more = "") => `<portico-sign-in tenant="demo" client-id="${demo.clientId}" ${more}></portico-sign-in>`;
export const script = (server: Server, address = "/widget.js") => `<script type="module" src="${server.origin}${address}"></script>`;

export const story = base.extend<{ host: Host }, { server: Server; pages: Pages }>({
  bypassCSP: false,

  // A header that browsers do not send themselves would make them ask before every request.
  extraHTTPHeaders: {},

  pages: [({}, use) => serve().then(async (pages) => (await use(pages), pages.close())), { scope: "worker" }],

  // Known as the application's own before anybody asks.
  server: [
    async ({ database, pages }, use) => {
      const place = newPlace(database);
      const server = await start({ binary: binaryOf("debug"), place });
      const notes = JSON.stringify({ widgetOrigins: [pages.origin] });
      const of = `where id = ${quoted(demo.clientId)}`;
      ask(
        place.databaseUrl,
        `update applications set notes = ${quoted(notes)} ${of};
         insert into redirect_uris (tenant_id, application_id, platform, uri)
           select tenant_id, id, 'spa', ${quoted(`${pages.origin}/`)} from applications ${of}`,
      );
      await use(server);
      expect(await server.stop(), server.told()).toBe(0);
      remove(place);
    },
    { scope: "worker" },
  ],

  host: async ({ page, server, pages }, use) => {
    await use({
      origin: pages.origin,
      async opens(markup = script(server) + element(), allowed = policy(server.origin)) {
        pages.shows(markup, allowed);
        await page.goto(pages.origin);
      },
    });
  },
});

const LOG = `globalThis.told = [];
for (const type of ["step", "signed-in", "signed-up", "signed-out", "error"]) {
  addEventListener(type, ({ detail }) => detail && told.push([type, detail.step ?? detail.error?.message].filter(Boolean).join(" ")));
}`;

const STYLE = "* { color: purple; font: 20px serif } main { max-width: 40rem }";

async function serve(): Promise<Pages> {
  let [markup, allowed] = ["", ""];
  const server = createServer(({ url }, response) => {
    const answer = (type: string, body: string) => response.setHeader("content-type", type).end(body);
    if (url === "/style.css") return void answer("text/css", STYLE);
    if (url === "/log.js") return void answer("text/javascript", LOG);
    if (url?.split("?")[0] !== "/") return void response.writeHead(204).end();
    response.setHeader("content-security-policy", allowed);
    answer(
      "text/html; charset=utf-8",
      `<!doctype html><html lang="en"><title>Bakery</title><link rel="stylesheet" href="/style.css"><script src="/log.js"></script><main><h1>The bakery</h1>${markup}</main></html>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, shows: (asked, policy) => ([markup, allowed] = [asked, policy]), close: () => server.close() };
}

/** The screen with this heading has arrived, WebAssembly has taken it over, and nobody is kept out of it. */
export async function sees(person: Person, heading: string, nth = 0) {
  const widget = person.page.locator("portico-sign-in").nth(nth);
  await expect(widget.locator("h1")).toHaveText(heading);
  await expect.poll(() => widget.locator("form").first().evaluate((form: HTMLFormElement) => form.noValidate)).toBe(true);
  await findsNoBarrier(person);
}

/** Which headings and landmarks there are is decided by the page around it. */
const OF_THE_PAGE = ["page-has-heading-one", "landmark-main-is-top-level", "landmark-no-duplicate-main", "landmark-contentinfo-is-top-level", "landmark-unique"];

export async function findsNoBarrier(person: Person) {
  const axe = new AxeBuilder({ page: person.page }).include("portico-sign-in").setLegacyMode(true).disableRules(OF_THE_PAGE);
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
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

export { expect };
