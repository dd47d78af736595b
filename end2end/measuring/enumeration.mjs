// Whether time tells who has an account (security R5): the same requests for addresses that have one and that have none,
// by turns, and what a listener could make of how long each took.

import { performance } from "node:perf_hooks";
import { randomUUID } from "node:crypto";
import { arrive, Browser, connections, expectStep, signUp } from "../journey.mjs";
import { median } from "./page.mjs";

/** @typedef {import("../portico.mjs").Server} Server */
/** @typedef {import("../journey.mjs").Page} Page */
/** @typedef {{ step: string, known: number, unknown: number, apart: number, auc: number, z: number }} Verdict medians in milliseconds */

/** A code may be asked for again after half a minute. */
const PAUSE_MS = 31_000;

/** How somebody gets to the request that is timed, and that request. */
const steps = {
  "address step": async (/** @type {Browser} */ browser, /** @type {string} */ address) => {
    const { page } = await arrive(browser);
    return timed(() => browser.answer(page, { answer: "address", address }), "password");
  },
  "password step": async (/** @type {Browser} */ browser, /** @type {string} */ address) => {
    const { page } = await arrive(browser);
    const passwordPage = await browser.answer(page, { answer: "address", address });
    return timed(() => browser.answer(passwordPage, { answer: "password", password: "plum kettle river" }), "password");
  },
  "recover step": async (/** @type {Browser} */ browser, /** @type {string} */ address) => {
    const { page } = await arrive(browser);
    const recoverPage = expectStep(await browser.answer(page, { answer: "recover" }), "address");
    return timed(() => browser.answer(recoverPage, { answer: "address", address }), "code");
  },
};

/**
 * @param {Server} server
 * @param {number} count requests of each kind and step
 * @returns {Promise<Verdict[]>}
 */
export async function measureEnumeration(server, count) {
  const agent = connections(1);
  const browser = () => new Browser({ port: server.port, agent });
  const [known, unknown] = [await addressesWithAccount(browser, count), await addressesWithout(browser, count)];
  const prepared = performance.now();
  const verdicts = [];
  for (const [step, walk] of Object.entries(steps)) {
    if (step === "recover step") await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE_MS - (performance.now() - prepared))));
    /** @type {{ known: number[], unknown: number[] }} */
    const times = { known: [], unknown: [] };
    for (let number = 0; number < count; number++) {
      const pair = /** @type {const} */ ([["known", known[number]], ["unknown", unknown[number]]]);
      // Which of the two comes first is chance, or the first would pay for the second.
      for (const [kind, address] of Math.random() < 0.5 ? pair : [pair[1], pair[0]]) {
        times[kind].push(await walk(browser(), /** @type {string} */ (address)));
      }
    }
    verdicts.push({ step, ...compare(times.known, times.unknown) });
  }
  agent.destroy();
  return verdicts;
}

/** @param {() => Browser} browser @param {number} count */
async function addressesWithAccount(browser, count) {
  const addresses = [];
  for (let number = 0; number < count; number++) {
    const address = `grace.${randomUUID()}@example.org`;
    await signUp(browser(), { address, name: "Grace Hopper", password: `plum kettle ${randomUUID()}` });
    addresses.push(address);
  }
  return addresses;
}

/** They too were sent a code before: all that differs is the account. @param {() => Browser} browser @param {number} count */
async function addressesWithout(browser, count) {
  const addresses = [];
  for (let number = 0; number < count; number++) {
    const [someone, address] = [browser(), `grace.${randomUUID()}@example.org`];
    const { page } = await arrive(someone);
    const first = expectStep(await someone.answer(page, { answer: "signUp" }), "address");
    expectStep(await someone.answer(first, { answer: "address", address }), "code");
    addresses.push(address);
  }
  return addresses;
}

/** @param {() => Promise<Page>} request @param {string} step that answers it, for known and unknown alike */
async function timed(request, step) {
  const before = performance.now();
  const page = await request();
  const milliseconds = performance.now() - before;
  expectStep(page, step);
  return milliseconds;
}

/** @param {number[]} known @param {number[]} unknown */
export function compare(known, unknown) {
  const [a, b] = [median(known), median(unknown)];
  const { u, z } = mannWhitney(known, unknown);
  const share = u / (known.length * unknown.length);
  // Who always guesses wrong knows as much as who always guesses right.
  return { known: a, unknown: b, apart: Math.abs(a - b), auc: Math.max(share, 1 - share), z };
}

/** How often a time of `a` is longer than one of `b`, and how many standard deviations that is from chance (Mann and Whitney 1947). */
function mannWhitney(/** @type {number[]} */ a, /** @type {number[]} */ b) {
  const all = [...a.map((time) => ({ time, isOfA: true })), ...b.map((time) => ({ time, isOfA: false }))];
  all.sort((one, other) => one.time - other.time);
  let ranks = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.time === all[from]?.time) to++;
    // Equal times share the middle of their ranks.
    const rank = (from + 1 + to) / 2;
    for (; from < to; from++) if (all[from]?.isOfA) ranks += rank;
  }
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return { u, z: (u - (a.length * b.length) / 2) / deviation };
}
