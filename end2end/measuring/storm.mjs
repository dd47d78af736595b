// The power goes while people sign up: who was told that they have an account must have a whole one.

import { appendFileSync, closeSync, fsyncSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, connections, signIn, signUp } from "../journey.mjs";
import { binaryOf, newPlace, remove, start } from "../portico.mjs";
import { number } from "../sql.mjs";

/** @typedef {import("../journey.mjs").Someone} Someone */
/** @typedef {import("../portico.mjs").Server} Server */

const ROUNDS = Number(process.argv[2] ?? 20);
const PEOPLE_AT_ONCE = 24;
/** Milliseconds from the first account to the kill, which is never at the same place. */
const [SHORTEST, LONGEST] = [100, 1600];

/** What a whole account has: one sign-in name, one password, one address, every value that was sent. */
const HALF_ACCOUNTS = `
  select count(*) from accounts a where
    1 <> (select count(*) from identities i where i.tenant_id = a.tenant_id and i.account_id = a.id)
    or 1 <> (select count(*) from credentials c where c.tenant_id = a.tenant_id and c.account_id = a.id)
    or 1 <> (select count(*) from addresses d where d.tenant_id = a.tenant_id and d.account_id = a.id)
    or 5 <> (select count(*) from attribute_values v where v.tenant_id = a.tenant_id and v.account_id = a.id)`;

/** Who was told that they have an account; on the disk before anything else happens. */
class Ledger {
  /** @type {Someone[]} */
  people = [];
  #folder = mkdtempSync(join(tmpdir(), "portico-ledger-"));
  #file = openSync(join(this.#folder, "ledger"), "a");

  /** @param {Someone} someone */
  note(someone) {
    appendFileSync(this.#file, `${someone.address}\n`);
    fsyncSync(this.#file);
    this.people.push(someone);
  }

  close() {
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true });
  }
}

/** @param {"sqlite" | "postgres"} database */
async function storm(database) {
  const place = newPlace(database);
  const ledger = new Ledger();
  let lost = 0;
  let half = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const before = ledger.people.length;
    await signUpsUntilTheKill(await start({ binary: binaryOf("release"), place }), ledger);

    const server = await start({ binary: binaryOf("release"), place });
    const acknowledged = ledger.people.slice(before);
    lost += await missing(server, acknowledged);
    half = number(place.databaseUrl, HALF_ACCOUNTS);
    await server.stop();
    const all = number(place.databaseUrl, "select count(*) from accounts");
    console.log(
      `${database} round ${round}: ${acknowledged.length} acknowledged, ${all} accounts in all, ${lost} lost, ${half} half`,
    );
  }
  // The last restart may have lost what an earlier one still had.
  const server = await start({ binary: binaryOf("release"), place });
  lost = await missing(server, ledger.people);
  await server.stop();
  const acknowledged = ledger.people.length;
  console.log(`${database}: ${ROUNDS} rounds, ${acknowledged} acknowledged, ${lost} lost, ${half} half accounts\n`);
  ledger.close();
  remove(place);
  return lost === 0 && half === 0 && acknowledged > ROUNDS;
}

/** @param {Server} server @param {Ledger} ledger */
async function signUpsUntilTheKill(server, ledger) {
  const agent = connections(PEOPLE_AT_ONCE);
  let blows = false;
  let first = () => {};
  const someIsDone = new Promise((/** @type {(value?: void) => void} */ resolve) => (first = resolve));
  const person = async () => {
    while (!blows) {
      const someone = { name: "Grace Hopper", address: `${randomUUID()}@example.org`, password: randomUUID() };
      try {
        await signUp(new Browser({ port: server.port, agent }), someone);
      } catch (trouble) {
        if (blows) return;
        throw trouble;
      }
      ledger.note(someone);
      first();
    }
  };
  const people = Promise.all(Array.from({ length: PEOPLE_AT_ONCE }, person));
  await Promise.race([people, someIsDone]);
  const wait = SHORTEST + Math.random() * (LONGEST - SHORTEST);
  await Promise.race([people, new Promise((resolve) => setTimeout(resolve, wait))]);
  blows = true;
  await server.kill();
  await people;
  agent.destroy();
}

/** How many of them cannot sign in. @param {Server} server @param {Someone[]} people */
async function missing(server, people) {
  const agent = connections(8);
  const waiting = [...people];
  let count = 0;
  const check = async () => {
    for (let someone = waiting.pop(); someone; someone = waiting.pop()) {
      try {
        await signIn(new Browser({ port: server.port, agent }), someone);
      } catch (trouble) {
        console.log(`lost: ${someone.address}: ${trouble}`);
        count++;
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, check));
  agent.destroy();
  return count;
}

const verdicts = [];
for (const database of /** @type {const} */ (["sqlite", "postgres"])) verdicts.push(await storm(database));
process.exitCode = verdicts.every((good) => good) ? 0 : 1;
