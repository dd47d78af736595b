// User flows beside the demo's own, made as an operator makes them: the directory's design is written, added to and applied.

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "../portico.mjs";
import { expect } from "./house.ts";

/** What is different from the demo's flow, by the words of `portico export`. */
type Wish = { name: string; kind?: string; rules?: Record<string, unknown>; inputs?: string[] };

/** What each server has of them. */
const made = new WeakMap<Server, Set<string>>();

/** Once for each server, which has seen all of them when this is done. */
export async function makeFlows(server: Server, wishes: Wish[]) {
  const known = made.get(server) ?? new Set();
  made.set(server, known);
  const missing = wishes.filter(({ name }) => !known.has(name));
  if (!missing.length) return;
  const design = JSON.parse(server.run("export", "--json"));
  const usual = design.userFlows.find(({ name }: { name: string }) => !known.has(name));
  for (const { inputs, rules, ...different } of missing) {
    const asked = usual.inputs.filter(({ attribute }: { attribute: string }) => !inputs || inputs.includes(attribute));
    design.userFlows.push({ ...usual, id: randomUUID(), rules: { ...usual.rules, ...rules }, inputs: asked, ...different });
  }
  const file = join(server.place.folder, "design.json");
  writeFileSync(file, JSON.stringify(design));
  server.run("apply", file);
  for (const { name } of missing) {
    const discovery = `${server.origin}/demo/${name}/v2.0/.well-known/openid-configuration`;
    await expect.poll(async () => (await fetch(discovery)).status).toBe(200);
    known.add(name);
  }
}
