// What every story needs: a server of its own worker's, a person in a fresh browser, and somebody who watches.

import { test as base, expect, type BrowserContext } from "@playwright/test";
import { binaryOf, newPlace, start, type Database, type Server } from "../portico.mjs";
import { Person } from "./person.ts";

export type Options = { database: Database };
type Story = { person: Person; watched: void };

export const test = base.extend<Story, Options & { server: Server }>({
  database: ["sqlite", { option: true, scope: "worker" }],

  server: [
    async ({ database }, use) => {
      const server = await start({ binary: binaryOf("debug"), place: newPlace(database) });
      await use(server);
      expect(await server.stop(), server.told()).toBe(0);
    },
    { scope: "worker" },
  ],

  baseURL: ({ server }, use) => use(server.origin),

  // Each person comes from another network, as people do.
  extraHTTPHeaders: ({}, use) => use({ "x-forwarded-for": someNetwork() }),

  // Fails the story for whatever the browser complains about, however well it went otherwise.
  watched: [
    async ({ context, server }, use) => {
      const complaints: string[] = [];
      watch(context, complaints);
      await use();
      expect(complaints).toEqual([]);
      expect(server.told(), "what the server logged").not.toMatch(/ERROR|panicked/);
    },
    { auto: true },
  ],

  person: async ({ page, context, server, javaScriptEnabled }, use) => {
    await use(new Person(page, context, server, javaScriptEnabled ?? true));
  },
});

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

function someNetwork() {
  const part = () => 1 + Math.floor(Math.random() * 250);
  return `${part() % 100 + 100}.${part()}.${part()}.${part()}`;
}

export { expect };
