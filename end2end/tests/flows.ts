// User flows beside the demo's own, made as an operator makes them: the directory's design is written, added to and applied.

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "../portico.mjs";
import { expect } from "./house.ts";

/** What is different from the demo's flow, by the words of `portico export`. */
type Wish = { name: string; kind?: string; rules?: Record<string, unknown>; inputs?: string[] };

const made = new WeakSet<Server>();

/** Once for each server, which has seen all of them when this is done. */
export async function makeFlows(server: Server, wishes: Wish[]) {
  if (made.has(server)) return;
  const design = JSON.parse(server.run("export", "--json"));
  const [usual] = design.userFlows;
  for (const { inputs, rules, ...different } of wishes) {
    const asked = usual.inputs.filter(({ attribute }: { attribute: string }) => !inputs || inputs.includes(attribute));
    design.userFlows.push({ ...usual, id: randomUUID(), rules: { ...usual.rules, ...rules }, inputs: asked, ...different });
  }
  const file = join(server.place.folder, "design.json");
  writeFileSync(file, JSON.stringify(design));
  server.run("apply", file);
  for (const { name } of wishes) {
    const discovery = `${server.origin}/demo/${name}/v2.0/.well-known/openid-configuration`;
    await expect.poll(async () => (await fetch(discovery)).status).toBe(200);
  }
  made.add(server);
}
