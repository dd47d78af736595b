// Questions to a database behind the server's back, for what no page shows.

import { execFileSync } from "node:child_process";

/** The first column of the answer, line by line. @param {string} databaseUrl @param {string} question */
export function ask(databaseUrl, question) {
  const [program, ...options] = databaseUrl.startsWith("sqlite:")
    ? ["sqlite3", "-batch", "-cmd", ".timeout 5000", databaseUrl.slice("sqlite://".length), question]
    : ["psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", question, databaseUrl];
  return execFileSync(/** @type {string} */ (program), options, { encoding: "utf8" }).trim().split("\n");
}

/** @param {string} databaseUrl @param {string} question */
export const number = (databaseUrl, question) => Number(ask(databaseUrl, question)[0]);

/** Text as SQL writes it. @param {string} text */
export const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
