// Many at once for a while, and what it cost the server.

import { connect } from "node:net";
import { cpuSeconds } from "./process.mjs";

/** @typedef {{ count: number, wall: number, cpu: number, perCpuSecond: number, perSecond: number }} Load */

/**
 * Everybody does `once` again and again, after a short run that is not counted.
 * @param {{ pid: number, people: number, seconds: number, once: (person: number) => Promise<unknown> }} load
 * @returns {Promise<Load>}
 */
export async function load({ pid, people, seconds, once }) {
  let count = 0;
  let end = Date.now() + Math.min(1000, seconds * 250);
  const person = async (/** @type {number} */ number) => {
    while (Date.now() < end) {
      await once(number);
      count++;
    }
  };
  const everybody = () => Promise.all(Array.from({ length: people }, (_, number) => person(number)));
  await everybody();
  return counted(pid, async () => {
    count = 0;
    end = Date.now() + seconds * 1000;
    await everybody();
    return count;
  });
}

/** @param {number} pid @param {() => Promise<number>} work @returns {Promise<Load>} */
async function counted(pid, work) {
  const [cpuBefore, wallBefore] = [cpuSeconds(pid), performance.now()];
  const count = await work();
  const cpu = cpuSeconds(pid) - cpuBefore;
  const wall = (performance.now() - wallBefore) / 1000;
  return { count, wall, cpu, perCpuSecond: count / cpu, perSecond: count / wall };
}

/**
 * The same requests over and over on open connections, as cheaply as this side can: bytes out, bytes counted.
 * @param {{ pid: number, port: number, seconds: number, requests: string[] }} load one connection for each request
 * @returns {Promise<Load>}
 */
export async function repeat({ pid, port, seconds, requests }) {
  const connections = await Promise.all(requests.map((request) => Connection.open(port, request)));
  const run = async (/** @type {number} */ milliseconds) => {
    const end = Date.now() + milliseconds;
    const counts = await Promise.all(connections.map((connection) => connection.until(end)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await run(Math.min(1000, seconds * 250));
  const result = await counted(pid, () => run(seconds * 1000));
  for (const connection of connections) connection.close();
  return result;
}

const HEAD_END = Buffer.from("\r\n\r\n");

class Connection {
  /** @type {Buffer} */
  #rest = Buffer.alloc(0);
  #count = 0;
  #end = 0;
  #done = (/** @type {number} */ _count) => {};
  #failed = (/** @type {Error} */ _error) => {};

  /** @param {number} port @param {string} request */
  static open(port, request) {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => resolve(new Connection(socket, Buffer.from(request))));
    });
  }

  /** @param {import("node:net").Socket} socket @param {Buffer} request */
  constructor(socket, request) {
    this.socket = socket;
    this.request = request;
    socket.on("data", (part) => this.#take(part));
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#failed(new Error("the server closed the connection")));
  }

  /** @param {number} end @returns {Promise<number>} how many answers came until then */
  until(end) {
    this.#count = 0;
    this.#end = end;
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.socket.write(this.request);
    });
  }

  close() {
    this.#failed = () => {};
    this.socket.destroy();
  }

  /** One answer is awaited at a time. @param {Buffer} part */
  #take(part) {
    this.#rest = this.#rest.length ? Buffer.concat([this.#rest, part]) : part;
    const headEnd = this.#rest.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#rest.toString("latin1", 0, headEnd);
    const at = head.indexOf("content-length: ");
    const length = at < 0 ? 0 : parseInt(head.slice(at + 16, at + 26), 10);
    if (this.#rest.length < headEnd + 4 + length) return;
    if (!head.startsWith("HTTP/1.1 200")) return this.#failed(new Error(head));
    this.#rest = Buffer.alloc(0);
    this.#count++;
    if (Date.now() < this.#end) this.socket.write(this.request);
    else this.#done(this.#count);
  }
}
