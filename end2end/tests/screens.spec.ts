// Pictures of every page for whoever designs them, in end2end/screens/: `SCREENS=1 npx playwright test`.

import ar from "../../app/src/text/ar.json" with { type: "json" };
import en from "../../app/src/text/en.json" with { type: "json" };
import { makeFlows } from "./flows.ts";
import { expect, test } from "./house.ts";

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const languages = { en: en.pages, ar: ar.pages };

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [tag, text] of Object.entries(languages)) {
      test.describe(`${size} ${colorScheme} ${tag}`, () => {
        test.use({ viewport, colorScheme, deviceScaleFactor: 2 });

        test("every page", async ({ person, browser }) => {
          test.slow();
          const { page } = person;
          let number = 0;
          const picture = async (name: string) => {
            const file = `${String(++number).padStart(2, "0")}-${name}-${size}-${colorScheme}-${tag}.png`;
            // A picture shows no caret, but it shows where the focus is.
            await page.screenshot({ path: `screens/${file}`, fullPage: true });
          };
          const press = (name: string) => page.getByRole("button", { name, exact: true }).first().click();

          await person.opensTheShop();
          await picture("shop");
          await person.isSentBy({ ui_locales: tag });
          await person.sees(text.signInHeading);
          await picture("sign-in");
          await page.locator("details.menu summary").click();
          await picture("sign-in-languages");
          await page.locator("details.menu summary").click();
          await person.enters(text.addressLabel, "ada@example");
          await press(text.continue);
          await person.isTold(text.faultNotAnAddress);
          await picture("sign-in-fault");
          await press(text.createOne);
          await person.sees(text.signUpHeading);
          await picture("sign-up");
          await press(text.signIn);
          await person.sees(text.signInHeading);
          await press(text.cannotAccess);
          await person.sees(text.recoverHeading);
          await picture("recover");
          await press(text.signIn);
          await person.sees(text.signInHeading);
          await person.enters(text.addressLabel, person.address);
          await press(text.continue);
          await person.sees(text.passwordHeading);
          await picture("password");
          await page.locator("#password").fill("not my password");
          await press(text.signIn);
          await person.isTold(text.faultWrongPassword);
          await picture("password-fault");
          await press(text.forgotPassword);
          await person.sees(text.codeHeading);
          await picture("code");
          await page.locator("#code").fill("00000000");
          await expect(page.locator(".fault")).toBeVisible();
          await picture("code-fault");
          await page.locator("#code").fill(await person.newestCode());
          await person.sees(text.createPasswordHeading);
          await picture("new-password");
          await page.locator("#password").fill("plum kettle");
          await picture("new-password-strength");
          await page.locator("#password").fill("kettle");
          await press(text.continue);
          await expect(page.locator(".fault")).toBeVisible();
          await picture("new-password-fault");
          await page.locator("#password").fill(person.password);
          await press(text.continue);
          await person.sees(text.attributesHeading);
          await picture("attributes");
          await page.getByRole("button", { name: text.createAccount }).click();
          await expect(page.locator(".summary")).toBeVisible();
          await picture("attributes-faults");
          await page.locator("[id='attribute.displayName']").fill(person.name);
          await page.getByRole("checkbox").check();
          await page.getByRole("button", { name: text.createAccount }).click();
          await page.waitForURL(/code=/);

          await person.isSentBy({ ui_locales: tag, prompt: "select_account" });
          await person.sees(text.accountHeading);
          await picture("account");
          await page.goto("/demo/sign-in");
          await person.isSignedIn();
          await picture("shop-signed-in");
          await page.goto("/dev/mail");
          await picture("mailbox");
          const stranger = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 2, locale: tag });
          await stranger.goto(`${person.server.origin}/demo/journeys/none`);
          await stranger.screenshot({ path: `screens/${++number}-problem-${size}-${colorScheme}-${tag}.png` });
          await stranger.close();
        });

        test("the pages of user names", async ({ person, server }) => {
          makeFlows(server, [{ name: "ByUserName", rules: { signInName: "userName" } }]);
          const { page } = person;
          let number = 50;
          const picture = (name: string) =>
            page.screenshot({ path: `screens/${++number}-${name}-${size}-${colorScheme}-${tag}.png`, fullPage: true });
          const press = (name: string) => page.getByRole("button", { name, exact: true }).first().click();
          await person.isSentBy({ p: "ByUserName", ui_locales: tag });
          await person.sees(text.signInHeading);
          await picture("sign-in-user-name");
          await press(text.createOne);
          await person.sees(text.signUpHeading);
          await page.locator("#address").fill("mina k");
          await press(text.continue);
          await person.isTold(text.faultNotAUserName.replaceAll(/[\u2066-\u2069]/g, "").slice(0, 12));
          await picture("user-name-fault");
          await page.locator("#address").fill(`mina-${size}-${colorScheme}-${tag}`);
          await press(text.continue);
          await person.sees(text.contactHeading);
          await picture("contact");
          await press(text.signIn);
          await person.sees(text.signInHeading);
          await press(text.cannotAccess);
          await person.sees(text.recoverHeading);
          await picture("recover-user-name");
          await press(text.sendCode);
          await person.sees(text.codeHeading);
          await picture("code-by-name");
        });
      });
    }
  }
}
