// What every story needs: a server of its own worker's, a person in a fresh browser, and somebody who watches.

import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { Browser, connections, signUp, someNetwork } from "../journey.mjs";
import { binaryOf, newPlace, remove, start, type Database, type Place, type Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";
import { element, policy, register, script, serve, type Host, type Pages } from "./host.ts";
import { passphrase, Person, type Someone } from "./person.ts";
import { Visitor } from "./visitor.ts";

/** On our pages, or in the widget inside somebody else's. */
type Where = "ours" | "elsewhere";
export type Options = { database: Database; where: Where };
/** `customer` signed up some time ago. */
type Story = {
  person: Person;
  customer: Person;
  host: Host | undefined;
  inspection: () => Promise<Page>;
  forgiven: RegExp;
  watched: void;
};
/** `crowd` are a few customers, for whoever looks at all of them. */
type House = { server: Server; pages: Pages | undefined; customers: Customers; crowd: Someone[] };

type Started = (worker: { database: Database }, use: (server: Server) => Promise<void>) => Promise<void>;

/** What waits until it is opened. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/**
 * A server for one worker alone, over a database in which somebody may have prepared something. The stories of a file are told
 * one after the other then (`describe.configure`): a server for each would cost more than they do.
 */
export function ownServer(prepare?: (place: Place) => Promise<void>): [Started, { scope: "worker" }] {
  const started: Started = async ({ database }, use) => {
    const place = newPlace(database);
    await prepare?.(place);
    const server = await start({ binary: binaryOf("debug"), place });
    await use(server);
    expect(await server.stop(), server.told()).toBe(0);
    remove(place);
  };
  return [started, { scope: "worker" }];
}

export const test = base.extend<Story, Options & House>({
  database: ["sqlite", { option: true, scope: "worker" }],
  where: ["ours", { option: true, scope: "worker" }],

  server: ownServer(),

  pages: [
    async ({ where, server }, use) => {
      if (where === "ours") return use(undefined);
      const pages = await serve();
      register(server, pages);
      await use(pages);
      pages.close();
    },
    { scope: "worker" },
  ],

  customers: [
    // What is known of the application is known before it is asked for.
    ({ server, pages: _ }, use) => use(new Customers(server)),
    { scope: "worker" },
  ],

  crowd: [
    async ({ customers }, use) => {
      const crowd: Someone[] = [];
      while (crowd.length < 3) crowd.push(await customers.someone());
      await use(crowd);
    },
    { scope: "worker" },
  ],

  baseURL: ({ server }, use) => use(server.origin),

  // Each person comes from another network, as people do. From elsewhere browsers would ask before every request whether a
  // header may come along that they do not send themselves.
  extraHTTPHeaders: ({ where }, use) => use(where === "ours" ? { "x-forwarded-for": someNetwork() } : {}),

  /** What the browser may complain about, in stories that make it complain. */
  forgiven: [/(?!)/, { option: true }],

  // Fails the story for whatever the browser complains about, however well it went otherwise.
  watched: [
    async ({ context, server, forgiven }, use) => {
      const complaints: string[] = [];
      watch(context, complaints);
      await use();
      expect(complaints.filter((complaint) => !forgiven.test(complaint))).toEqual([]);
      expect(server.told(), "what the server logged").not.toMatch(/ERROR|panicked/);
    },
    { auto: true },
  ],

  // Most stories show nothing that was not inspected before, and need none.
  inspection: async ({ browser }, use) => {
    const opened: Promise<Page>[] = [];
    const open = () => browser.newContext({ javaScriptEnabled: true }).then((context) => context.newPage());
    await use(() => (opened[0] ??= open()));
    for (const window of opened) await (await window).context().close();
  },

  host: async ({ page, server, pages }, use) => {
    if (!pages) return use(undefined);
    // Whoever comes there comes from this machine, and what one network may ask in an hour is less than all of them ask.
    forgetCounters(server);
    await use({
      origin: pages.origin,
      async opens(markup = script(server) + element(), allowed = policy(server.origin)) {
        pages.shows(markup, allowed);
        await page.goto(pages.origin);
      },
    });
  },

  person: async ({ page, context, server, javaScriptEnabled, inspection, host }, use) => {
    const one: ConstructorParameters<typeof Person> = [page, context, server, javaScriptEnabled ?? true, inspection];
    await use(host ? new Visitor(host, ...one) : new Person(...one));
  },

  customer: async ({ person, customers }, use) => {
    await use(Object.assign(person, await customers.someone()));
  },
});

/** People who have an account already, made over HTTP. */
class Customers {
  readonly #agent = connections();

  constructor(readonly server: Server) {}

  async someone(): Promise<Someone> {
    const someone = { name: "Grace Hopper", address: `grace.${randomUUID()}@example.org`, password: passphrase() };
    await signUp(new Browser({ port: this.server.port, agent: this.#agent }), someone);
    // For half a minute after that no code would be mailed to them.
    forgetCounters(this.server, "code");
    return someone;
  }
}

/** What anybody did lately, of this kind, was long ago. */
const forgetCounters = ({ place }: Server, kind = "") =>
  void ask(place.databaseUrl, `delete from counters where name like ${quoted(`${kind}%`)}`);

/** Console, script and policy: nothing of this is ever right. */
export function watch(context: BrowserContext, complaints: string[]) {
  context.on("console", (message) => {
    // What axe itself writes about frames is not ours.
    if (["error", "warning", "assert"].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().message}`));
  context.on("response", (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
}

export { expect };
