// The way out of our pages when the application sends the browser on to yet another origin, which nobody has registered.

import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { demo } from "../journey.mjs";
import { binaryOf, newPlace, remove, start, type Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";
import { expect, test as base } from "./house.ts";
import type { Person } from "./person.ts";

/** An application that only answers at its address, and the page where its people end. */
type Bakery = { origin: string; end: string; close(): void };

const story = base.extend<{}, { server: Server; bakery: Bakery }>({
  bakery: [({}, use) => serve().then(async (bakery) => (await use(bakery), bakery.close())), { scope: "worker" }],

  server: [
    async ({ database, bakery }, use) => {
      const place = newPlace(database);
      const server = await start({ binary: binaryOf("debug"), place });
      const of = `from applications where id = ${quoted(demo.clientId)}`;
      for (const path of ["/signed-in", "/bye"]) {
        const uri = quoted(`${bakery.origin}${path}`);
        ask(place.databaseUrl, `insert into redirect_uris (tenant_id, application_id, platform, uri) select tenant_id, id, 'web', ${uri} ${of};`);
      }
      await use(server);
      expect(await server.stop(), server.told()).toBe(0);
      remove(place);
    },
    { scope: "worker" },
  ],
});

story.describe.configure({ mode: "default" });

async function listen(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

async function serve(): Promise<Bakery> {
  const table = await listen((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8").end(`<!doctype html><html lang="en"><title>Bakery</title><h1>Your table</h1>`);
  });
  const end = `http://localhost:${table.port}`;
  const door = await listen(({ url }, response) => void response.writeHead(302, { location: `${end}${url}` }).end());
  return {
    origin: `http://127.0.0.1:${door.port}`,
    end,
    close() {
      door.close();
      table.close();
    },
  };
}

async function comesTo(customer: Person, { origin, end }: Bakery) {
  await customer.isSentBy({ redirect_uri: `${origin}/signed-in` });
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.page.waitForURL(`${end}/signed-in?**`);
  await expect(customer.page.getByRole("heading")).toHaveText("Your table");
}

story("who signs in comes to where the application sends them on", async ({ customer, bakery }) => {
  await comesTo(customer, bakery);
  expect(customer.broughtBack().get("code")).toBeTruthy();
  expect(customer.broughtBack().get("state")).toBe("s");
});

story("who answers wrong first comes there as well", async ({ customer, bakery }) => {
  await customer.isSentBy({ redirect_uri: `${bakery.origin}/signed-in` });
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", "not this one");
  await customer.presses("Sign in");
  await customer.isTold(/don’t match/);
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.page.waitForURL(`${bakery.end}/signed-in?**`);
});

story("who is asked and signs out comes to where the application sends them on", async ({ customer, bakery }) => {
  await comesTo(customer, bakery);
  const query = new URLSearchParams({ post_logout_redirect_uri: `${bakery.origin}/bye`, state: "s", logout_hint: "somebody.else@example.org" });
  await customer.page.goto(`/demo/oauth2/v2.0/logout?${query}`);
  await customer.sees(/^Sign out of/);
  await customer.presses("Sign out");
  await customer.page.waitForURL(`${bakery.end}/bye?state=s`);
  await expect(customer.page.getByRole("heading")).toHaveText("Your table");
  await customer.isSentBy({ prompt: "none" });
  expect(customer.broughtBack().get("error")).toBe("login_required");
});
