// Pictures of every screen of the portal for whoever designs it, in end2end/screens/: `SCREENS=1 npx playwright test portal`.

import { test, type Administrator } from "./administrator.ts";

const sizes = { phone: { width: 390, height: 844 }, small: { width: 1280, height: 800 }, desktop: { width: 1440, height: 900 } };

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${size} ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });
      test("every screen", async ({ administrator, crowd: _ }) => {
        test.slow();
        await walksThrough(administrator, `${size}-${colorScheme}`);
      });
    });
  }
}

// The portal speaks English; what it is made of stands the other way round where a directory's name or a browser does.
test.describe("right to left", () => {
  test.use({ viewport: sizes.small });
  test("every screen", async ({ administrator, crowd: _ }) => {
    test.slow();
    await administrator.page.addInitScript(() => document.addEventListener("DOMContentLoaded", () => (document.documentElement.dir = "rtl")));
    await administrator.page.reload();
    await administrator.sees("User flows");
    await walksThrough(administrator, "rtl");
  });
});

async function walksThrough(administrator: Administrator, kind: string) {
  const { page } = administrator;
  let number = 0;
  const picture = async (name: string) => {
    await page.screenshot({ path: `screens/portal-${String(++number).padStart(2, "0")}-${name}-${kind}.png`, fullPage: true });
  };
  const goes = async (path: string, name: string) => {
    await page.goto(path);
    await administrator.sees(/./);
    await picture(name);
  };
  const first = () => page.getByRole("rowheader").getByRole("link").first().getAttribute("href");
  await picture("flows");
  const flow = await first();
  await goes("/admin/user-flows/new", "new-flow");
  await administrator.presses("All versions");
  await page.getByLabel("Email Accounts").check();
  await picture("new-flow-all-versions");
  const tabs = ["", "/properties", "/applications", "/identity-providers", "/attributes", "/page-layouts", "/languages", "/run", "/history"];
  for (const tab of tabs) await goes(`${flow}${tab}`, `flow${tab.replace("/", "-")}`);
  await goes("/admin/applications", "applications");
  const { api, caller } = await aCallerAndItsApi(administrator);
  await goes(api, "application-api");
  await administrator.presses("Add a scope");
  await picture("window-scope");
  await goes(caller, "application-caller");
  await administrator.presses("Add a permission");
  await page.getByRole("dialog").getByRole("radio", { name: /^Worklist API/ }).check();
  await picture("window-permission");
  await page.goto("/admin/applications");
  await administrator.sees("Applications");
  await goes((await first())!, "application");
  await goes("/admin/people", "people");
  await goes((await first())!, "person");
  await administrator.presses("End all sessions");
  await picture("question");
  const others = ["attributes", "identity-providers", "administrators", "directories", "design", "branding", "languages"];
  for (const path of others) await goes(`/admin/${path}`, path);
  for (const path of ["activity", "activity/funnel", "activity/changes"]) await goes(`/admin/${path}`, path.replace("/", "-"));
  for (const [path, button] of [["administrators", "Invite"], ["applications", "Register an application"], ["attributes", "Add"], ["directories", "New directory"]]) {
    await page.goto(`/admin/${path}`);
    await administrator.presses(button!);
    await picture(`window-${path}`);
  }
  if (await page.getByRole("button", { name: "Menu", exact: true }).isVisible()) {
    await page.goto("/admin/user-flows");
    await administrator.presses("Menu");
    await picture("menu");
  }
}

/** The paths of two applications, of which one may call the other; made once for all pictures of a server. */
async function aCallerAndItsApi(administrator: Administrator): Promise<{ api: string; caller: string }> {
  const { page } = administrator;
  const made = page.getByRole("rowheader").getByRole("link", { name: "Worklist API" });
  if ((await made.count()) === 0) {
    await administrator.registers("Worklist API");
    await administrator.addsScope("Tasks.Read", "Read tasks");
    await administrator.addsScope("Tasks.ReadWrite", "Read and change tasks");
    await administrator.registers("Worklist page");
    await administrator.grants("Tasks.ReadWrite", "Worklist API");
    await page.goto("/admin/applications");
    await administrator.sees("Applications");
  }
  const path = async (name: string) => (await page.getByRole("rowheader").getByRole("link", { name }).getAttribute("href"))!;
  return { api: await path("Worklist API"), caller: await path("Worklist page") };
}
