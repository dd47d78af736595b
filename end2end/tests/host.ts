// Somebody else's page, on another origin, with styles of its own and a policy that allows only what is documented.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { demo } from "../journey.mjs";
import type { Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";

/** What a page with the widget has to allow, and nothing more. */
export const policy = (portico: string) =>
  `default-src 'none'; script-src 'self' ${portico} 'wasm-unsafe-eval'; connect-src ${portico}; img-src ${portico}; style-src 'self'; base-uri 'none'`;

export type Pages = { origin: string; shows(markup: string, policy: string): void; close(): void };

export type Host = { origin: string; opens(markup?: string, policy?: string): Promise<void> };

export const element = (more = "") => `<portico-sign-in tenant="demo" client-id="${demo.clientId}" ${more}></portico-sign-in>`;
export const script = (server: Server, address = "/widget.js") => `<script type="module" src="${server.origin}${address}"></script>`;

const LOG = `globalThis.told = [];
for (const type of ["step", "signed-in", "signed-up", "signed-out", "error"]) {
  addEventListener(type, ({ detail }) => detail && told.push([type, detail.step ?? detail.error?.message].filter(Boolean).join(" ")));
}`;

const STYLE = "* { color: purple; font: 20px serif } main { max-width: 40rem }";

export async function serve(): Promise<Pages> {
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

/** Known as the application's own before anybody asks. */
export function register({ place }: Server, { origin }: Pages) {
  const notes = JSON.stringify({ widgetOrigins: [origin] });
  const of = `where id = ${quoted(demo.clientId)}`;
  ask(
    place.databaseUrl,
    `update applications set notes = ${quoted(notes)} ${of};
     insert into redirect_uris (tenant_id, application_id, platform, uri)
       select tenant_id, id, 'spa', ${quoted(`${origin}/`)} from applications ${of}`,
  );
}
