// What keeps somebody out of a page, as axe finds it. Stories meet the same screens again and again; each is inspected once.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { createHash } from "node:crypto";

type Inspection = {
  /** A window that shows the same, where axe cannot run in theirs. */
  through?: () => Promise<Page>;
  /** What is judged elsewhere. */
  except?: string;
};

/** Screens of this worker's server in which axe found nothing. */
const clear = new Set<string>();

export async function findNoBarrier(page: Page, { through, except }: Inspection = {}) {
  const screen = await fingerprint(page, except);
  if (clear.has(screen)) return;
  const axe = new AxeBuilder({ page: (await through?.()) ?? page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const { violations } = await (except ? axe.exclude(except) : axe).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(told, `barriers on ${await page.title()}`).toEqual([]);
  // What changed while it was looked at was seen neither as it was nor as it is.
  if (screen === (await fingerprint(page, except))) clear.add(screen);
}

/**
 * What axe judges by: what stands there, in shadows too, what is chosen, focused and pointed at, how many style sheets there are
 * and what the browser wishes. Where any of it is different, so is the screen. Runs in the page.
 */
function whatStandsThere(): string {
  const shadows = (root: ParentNode): ShadowRoot[] =>
    [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? [shadowRoot, ...shadows(shadowRoot)] : []));
  const roots = [document, ...shadows(document)];
  const markup = roots.map((root) => (root instanceof ShadowRoot ? root.innerHTML : root.documentElement.outerHTML));
  const states = [":hover", ":focus", ":focus-visible", ":checked", ":disabled"];
  const stands = roots.flatMap((root) =>
    [...root.querySelectorAll("*")].map((element) => states.filter((state) => element.matches(state)).join("")),
  );
  const sheets = roots.flatMap((root) => [root.styleSheets.length, root.adoptedStyleSheets.length]);
  const wishes = ["prefers-color-scheme: dark", "prefers-reduced-motion: reduce", "prefers-contrast: more", "forced-colors: active"].map(
    (wish) => matchMedia(`(${wish})`).matches,
  );
  return [...markup, ...stands, ...sheets, ...wishes, innerWidth, innerHeight, devicePixelRatio].join("\n");
}

/**
 * Without what chance and the clock put into each page anew: scripts and their data, tokens and names of people, times. Equal
 * words stay equal, so that a label that names its field is another than one that names none.
 */
async function fingerprint(page: Page, except = "") {
  const words: string[] = [];
  const numbered = (word: string) => `…${words.includes(word) ? words.indexOf(word) : words.push(word) - 1}`;
  const lasting = (await page.evaluate(whatStandsThere))
    .replaceAll(/<script.*?<\/script>/gs, "")
    .replaceAll(/[\w-]{12,}/g, (word) => (/\d/.test(word) ? numbered(word) : word))
    .replaceAll(/\d+(:\d\d)+|\d{9,}/g, "…");
  return createHash("sha256").update(`${except}\n${lasting}`).digest("base64");
}
