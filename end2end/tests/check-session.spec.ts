// Pages of applications ask in the browser whether their person still is signed in here (OpenID Connect Session Management 1.0).

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { demo } from "../journey.mjs";
import { binaryOf, newPlace, remove, start, type Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";
import { expect, test as base } from "./house.ts";
import type { Person } from "./person.ts";

const asScript = { tag: "@script" };

/** An application's page under two names: one of the same site as the server, and one of another. */
type Pages = { same: string; other: string; close(): void };

const story = base.extend<{}, { server: Server; places: Pages }>({
  places: [({}, use) => serve().then(async (places) => (await use(places), places.close())), { scope: "worker" }],

  server: [
    async ({ database, places }, use) => {
      const place = newPlace(database);
      const server = await start({ binary: binaryOf("debug"), place });
      const of = `from applications where id = ${quoted(demo.clientId)}`;
      for (const origin of [places.same, places.other]) {
        const uri = quoted(`${origin}/`);
        ask(place.databaseUrl, `insert into redirect_uris (tenant_id, application_id, platform, uri) select tenant_id, id, 'spa', ${uri} ${of};`);
      }
      await use(server);
      expect(await server.stop(), server.told()).toBe(0);
      remove(place);
    },
    { scope: "worker" },
  ],
});

story.describe.configure({ mode: "default" });

async function serve(): Promise<Pages> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8").end(`<!doctype html><html lang="en"><title>Bakery</title><h1>The bakery</h1>`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { same: `http://localhost:${port}`, other: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** What the page is answered that shows our page in a frame and asks it. */
function answered(person: Person, question: string) {
  return person.page.evaluate(
    async ([address, question]) => {
      const known = document.querySelector("iframe");
      const frame = known ?? document.body.appendChild(document.createElement("iframe"));
      if (!known) {
        frame.src = address;
        await new Promise((loaded) => frame.addEventListener("load", loaded));
      }
      return await new Promise<string>((answer) => {
        addEventListener("message", ({ data, origin }) => answer(`${data} ${origin === new URL(address).origin}`), { once: true });
        frame.contentWindow?.postMessage(question, new URL(address).origin);
      });
    },
    [`${person.server.origin}/demo/oauth2/v2.0/checksession`, question] as const,
  );
}

/** At the application, with what its page asks by later. */
async function comesTo(customer: Person, origin: string) {
  await customer.isSentBy({ redirect_uri: `${origin}/` });
  await customer.entersAddress();
  await customer.presses("Continue");
  await customer.sees("Enter your password");
  await customer.enters("Password", customer.password);
  await customer.presses("Sign in");
  await customer.page.waitForURL(/session_state=/);
  return `${demo.clientId} ${customer.broughtBack().get("session_state")}`;
}

async function signsOutElsewhere(customer: Person) {
  const elsewhere = await customer.inNewWindow();
  await elsewhere.page.goto("/demo/oauth2/v2.0/logout");
  await elsewhere.presses("Sign out");
  await elsewhere.sees("You are signed out");
  await elsewhere.page.close();
}

story("a page of the same site sees that its person has signed out elsewhere", asScript, async ({ customer, places }) => {
  const question = await comesTo(customer, places.same);
  expect(await answered(customer, question)).toBe("unchanged true");
  expect(await answered(customer, question), "as often as it asks").toBe("unchanged true");
  for (const other of ["", "nonsense", demo.clientId, `${question} more`]) {
    expect(await answered(customer, other), other).toBe("error true");
  }
  expect(await answered(customer, question.replace(demo.clientId, "another")), "another application's").toBe("changed true");
  await signsOutElsewhere(customer);
  expect(await answered(customer, question)).toBe("changed true");
});

story("a page of another site is told that nothing can be told", asScript, async ({ customer, places }) => {
  const question = await comesTo(customer, places.other);
  expect(await answered(customer, question)).toBe("error true");
  await signsOutElsewhere(customer);
  expect(await answered(customer, question), "and not to sign anybody out").toBe("error true");
});
