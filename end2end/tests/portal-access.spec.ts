// Every screen of the portal: in the light, in the dark, on a phone, and without a mouse.

import { expect, test, type Administrator } from "./administrator.ts";

const tabs = ["", "/properties", "/applications", "/identity-providers", "/attributes", "/page-layouts", "/languages", "/run", "/history"];
const directory = ["people", "administrators", "directories", "design"];
const others = ["user-flows/new", "applications", "attributes", "identity-providers", ...directory, "branding", "languages"];
const activity = ["activity", "activity/funnel", "activity/changes"];

async function addresses({ page }: Administrator): Promise<string[]> {
  const flow = await page.getByRole("rowheader").getByRole("link").first().getAttribute("href");
  const first = async (list: string) => {
    await page.goto(list);
    return (await page.getByRole("rowheader").getByRole("link").first().getAttribute("href"))!;
  };
  const one = [await first("/admin/applications"), await first("/admin/people")];
  const fixed = [...others, ...activity].map((path) => `/admin/${path}`);
  return ["/admin/user-flows", "/admin/nowhere", ...tabs.map((tab) => `${flow}${tab}`), ...one, ...fixed];
}

async function walksThroughAll(administrator: Administrator) {
  const { page } = administrator;
  for (const address of await addresses(administrator)) {
    await page.goto(address);
    await administrator.sees(/./);
    await administrator.findsNoBarrier();
    await expect(page.locator(".notice.bad")).toHaveCount(0);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider, `${address} scrolls sideways`).toBeLessThanOrEqual(0);
  }
}

test.describe("at a desk", () => {
  test.use({ viewport: { width: 1280, height: 860 } });
  test("nobody is kept out of a screen @script", async ({ administrator, crowd: _ }) => {
    test.slow();
    await walksThroughAll(administrator);
  });

  test("behind a window the strip beside the page is as dim as the page @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.opens("Applications");
    await administrator.presses("Register an application");
    await expect(page.getByRole("dialog")).toBeVisible();
    const { strip, beside } = await page.evaluate(() => {
      const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
      const painted = (...colours: string[]) => {
        for (const colour of colours) {
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
        }
        return [...pen.getImageData(0, 0, 1, 1).data];
      };
      const of = (element: Element, part?: string) => getComputedStyle(element, part).backgroundColor;
      const backdrop = of(document.querySelector("dialog[open]")!, "::backdrop");
      return { strip: painted(of(document.documentElement)), beside: painted(of(document.body), backdrop) };
    });
    strip.forEach((part, at) => expect(Math.abs(part - beside[at]!)).toBeLessThanOrEqual(2));
  });
});

test.describe("on a phone, in the dark", () => {
  test.use({ viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true });
  test("nobody is kept out of a screen @script", async ({ administrator, crowd: _ }) => {
    test.slow();
    await walksThroughAll(administrator);
  });
});

test.describe("on a phone, in the light", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });
  test("a window leaves nobody out, and no screen scrolls sideways @script", async ({ administrator }) => {
    test.slow();
    const { page } = administrator;
    const isWhole = async () => {
      await administrator.findsNoBarrier();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    };
    for (const [path, button] of [
      ["applications", "Register an application"],
      ["attributes", "Add"],
      ["people", "New person"],
      ["administrators", "Invite"],
      ["directories", "New directory"],
    ]) {
      await page.goto(`/admin/${path}`);
      await administrator.sees(/./);
      await administrator.presses(button!);
      await expect(page.getByRole("dialog")).toBeVisible();
      await isWhole();
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await administrator.registers("Worklist on phones");
    for (const button of ["Add a scope", "Add a permission"]) {
      await administrator.presses(button);
      await expect(page.getByRole("dialog", { name: button })).toBeVisible();
      await isWhole();
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await administrator.addsScope("Tasks.ReadWrite.Everything", "Read and change every task");
    await isWhole();
    await administrator.registers("Worklist on paper");
    await administrator.grants("Tasks.ReadWrite.Everything", "Worklist on phones");
    await isWhole();
    await page.goto("/admin/user-flows/new");
    await administrator.sees("Create");
    await administrator.presses("All versions");
    await page.getByLabel("Email Accounts").check();
    await isWhole();
    await administrator.presses("Menu");
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await isWhole();
  });
});

test.describe("without a mouse", () => {
  test.use({ viewport: { width: 1280, height: 860 } });
  test("rows are moved, and everything is taken back @script", async ({ administrator }) => {
    const { page } = administrator;
    const { keyboard } = page;
    const flow = page.getByRole("link", { name: "SignInSignUpSample" });
    await flow.focus();
    await keyboard.press("Enter");
    await administrator.sees("SignInSignUpSample");
    await page.getByRole("navigation", { name: "User flow" }).getByRole("link", { name: "Page layouts" }).focus();
    await keyboard.press("Enter");
    const grip = page.getByRole("button", { name: /^Move Loyalty number/ });
    await grip.focus();
    const before = await administrator.order();
    await keyboard.press("Home");
    expect(await administrator.order()).toEqual(["Loyalty number", ...before.filter((label) => label !== "Loyalty number")]);
    await expect(grip).toBeFocused();
    await keyboard.press("ArrowDown");
    expect((await administrator.order())[1]).toBe("Loyalty number");
    await expect(page.getByText("Loyalty number: 2 of 5")).toBeAttached();
    for (const _ of [1, 2]) {
      await page.getByRole("button", { name: "Undo" }).focus();
      await keyboard.press("Enter");
    }
    expect(await administrator.order()).toEqual(before);

    // What is not saved is not lost by a click: the question takes the focus, and Escape answers it.
    await page.getByRole("button", { name: "Redo" }).focus();
    await keyboard.press("Enter");
    await page.getByRole("navigation", { name: "User flow" }).getByRole("link", { name: "History" }).focus();
    await keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
    await keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    expect(await administrator.order()).not.toEqual(before);
    await administrator.presses("Discard");
    expect(await administrator.order()).toEqual(before);
  });

  test("the four moves go on without a mouse @script", async ({ administrator }) => {
    const { page } = administrator;
    await administrator.selects("SignInSignUpSample");
    await administrator.turnsTo("Page layouts");
    await page.getByLabel("Label of Loyalty number").focus();
    const before = await administrator.order();
    const down = page.getByRole("button", { name: "Move down", exact: true });
    await down.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await expect(down).toBeFocused();
    expect((await administrator.order()).at(-1)).toBe("Loyalty number");
    await administrator.findsNoBarrier();
    await administrator.presses("Discard");
    expect(await administrator.order()).toEqual(before);
  });

  test("a window takes the focus, keeps it, and gives it back @script", async ({ administrator }) => {
    const { page } = administrator;
    const { keyboard } = page;
    const window = page.getByRole("dialog");
    await administrator.opens("Applications");
    const register = page.getByRole("button", { name: "Register an application" });
    await register.focus();
    await keyboard.press("Enter");
    await expect(window.getByLabel("Name", { exact: true })).toBeFocused();
    for (let tab = 0; tab < 12; tab++) {
      await keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.matches("body, dialog *"))).toBe(true);
    }
    await keyboard.press("Escape");
    await expect(register).toBeFocused();

    // A question that a menu asks: what was chosen is gone with its menu, whose button is still there.
    await administrator.opens("Custom user attributes");
    const acts = page.getByRole("button", { name: "Acts on Loyalty number" });
    await acts.focus();
    await keyboard.press("Enter");
    await keyboard.press("Escape");
    await expect(acts).toBeFocused();
    await keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete …" }).focus();
    await keyboard.press("Enter");
    await expect(window.getByRole("button", { name: "Cancel" })).toBeFocused();
    await keyboard.press("Escape");
    await expect(acts).toBeFocused();

    // A link is gone with the screen that it was on.
    await administrator.opens("People");
    await administrator.opens("User flows");
    await page.getByRole("link", { name: "SignInSignUpSample" }).focus();
    await keyboard.press("Enter");
    await administrator.sees("SignInSignUpSample");
    await expect(page.locator("#content")).toBeFocused();
  });
});
