// Starts the server as an operator would: a folder, a few variables, a free port. For tests and for measuring.

import { spawn, execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {"sqlite" | "postgres"} Database */

export const root = join(import.meta.dirname, "..");

/** The folder that cargo builds into. */
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/** @param {"debug" | "release"} profile */
export function binaryOf(profile) {
  const binary = join(target, profile, "portico");
  if (!existsSync(binary)) throw new Error(`${binary} is not built; end2end/test and end2end/measure build it`);
  return binary;
}

/** Chromium as the machine has it; browsers are never downloaded. */
export function chromium() {
  return found(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]);
}

/** Where there is one, the same without windows, tabs and menus: they cost more than the pages do. */
export function bareChromium() {
  return found(["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]);
}

/** @param {string[]} names the first that is there is taken */
function found(names) {
  const folders = (process.env.PATH ?? "").split(":");
  const program = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (!program) throw new Error("no Chromium found; on Debian: apt-get install chromium");
  return program;
}

/**
 * Where a server lives: a folder for its seal key, a database in it or on the PostgreSQL for tests, and the port of its
 * first start, because its applications are registered with it.
 * @typedef {{ folder: string, databaseUrl: string, port?: number }} Place
 */

/** Leaves nothing behind but the database on PostgreSQL, which goes with its cluster. @param {Place} place */
export function remove({ folder }) {
  rmSync(folder, { recursive: true });
}

/** A new and empty one. @param {Database} database @returns {Place} */
export function newPlace(database) {
  const folder = mkdtempSync(join(tmpdir(), "portico-"));
  if (database === "sqlite") return { folder, databaseUrl: `sqlite://${folder}/portico.db` };
  const cluster = process.env.PORTICO_TEST_POSTGRES;
  if (!cluster) throw new Error("PORTICO_TEST_POSTGRES names no PostgreSQL; server/tests/postgres starts one");
  const name = `portico_${process.pid}_${Date.now()}_${Math.floor(Math.random() * 1e6)}`;
  execFileSync("psql", ["--quiet", "--no-psqlrc", "--command", `create database ${name}`, cluster]);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return { folder, databaseUrl: url.href };
}

/**
 * @typedef {object} Wish
 * @property {string} binary
 * @property {Place} place
 * @property {Record<string, string>} [variables]
 */

/** Starts a server and waits until it is ready. @param {Wish} wish */
export async function start({ binary, place, variables = {} }) {
  const port = (place.port ??= await freePort());
  const scheme = variables.PORTICO_DEV_TLS === "on" ? "https" : "http";
  const origin = `${scheme}://localhost:${port}`;
  const logFile = join(place.folder, "log");
  const log = openSync(logFile, "a");
  const env = {
    ...withoutOurs(process.env),
    PORTICO_LISTEN: `127.0.0.1:${port}`,
    PORTICO_PUBLIC_URL: origin,
    PORTICO_DATABASE_URL: place.databaseUrl,
    // Whoever tests comes from many networks, or the limits for one would end the day early.
    PORTICO_TRUSTED_PROXIES: "127.0.0.1,::1",
    PORTICO_LOG: "warn",
    ...variables,
  };
  const child = spawn(binary, ["serve"], { cwd: place.folder, stdio: ["ignore", log, log], env });
  closeSync(log);
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  const told = () => readFileSync(logFile, "utf8");

  const server = {
    origin,
    port,
    pid: /** @type {number} */ (child.pid),
    place,
    told,
    /** Another command of the same binary, about the same place. @param {string[]} command */
    run: (...command) => execFileSync(binary, command, { cwd: place.folder, env, encoding: "utf8" }),
    /** As an operator stops it: what is in flight is finished. */
    async stop() {
      child.kill("SIGTERM");
      const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
      const how = await ended;
      clearTimeout(impatience);
      return how;
    },
    /** As a power cut stops it. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
  await ready(server, child);
  return server;
}

/** @typedef {Awaited<ReturnType<typeof start>>} Server */

async function ready(/** @type {Server} */ server, /** @type {import("node:child_process").ChildProcess} */ child) {
  const patience = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${server.origin}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > patience) {
      child.kill("SIGKILL");
      throw new Error(`the server does not start:\n${server.told()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The server refuses variables of ours that it does not know, such as those of the tests. */
function withoutOurs(/** @type {NodeJS.ProcessEnv} */ variables) {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("PORTICO_")));
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(address)));
    });
  });
}
