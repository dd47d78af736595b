// Stories of the widget alone, in a page on another origin.

import { element, policy, script, type Host } from "./host.ts";
import { expect, test } from "./house.ts";
import { asked, isSignedIn, sees, told } from "./visitor.ts";

/** A page in the eyes of somebody who allows no WebAssembly. */
export const withoutWebAssembly = (portico: string) => policy(portico).replace(" 'wasm-unsafe-eval'", "");

export const story = test.extend<{ host: Host }>({
  where: ["elsewhere", { scope: "worker" }],
});

export { asked, element, expect, isSignedIn, policy, script, sees, told };
