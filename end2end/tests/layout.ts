// The layout of the demo's flow, saved while people have its page open.

import type { Server } from "../portico.mjs";
import { ask, quoted } from "../sql.mjs";

const flow = "name = 'SignInSignUpSample'";

export type Row = { attribute: string; label: { text: string }; required: boolean };

/** Behind the servers' backs, as a command would: what no notice tells is found by looking. */
export function saves({ place: { databaseUrl } }: Server, change: (inputs: Row[]) => Row[]) {
  const of = `from user_flow_revisions r join user_flows f on f.id = r.user_flow_id and f.revision = r.revision where ${flow}`;
  const layout = JSON.parse(ask(databaseUrl, `select layout ${of}`).join("\n"));
  const next = JSON.stringify({ revision: layout.revision + 1, inputs: change(layout.inputs) });
  ask(
    databaseUrl,
    `begin;
     insert into user_flow_revisions (tenant_id, user_flow_id, revision, settings, layout, made_at)
       select r.tenant_id, r.user_flow_id, r.revision + 1, r.settings, ${quoted(next)}, r.made_at ${of};
     update user_flows set revision = revision + 1 where ${flow};
     commit`,
  );
}
