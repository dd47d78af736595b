//! The names of a directory: words in the paths of its addresses, and host names of its own.

use crate::admin::{
    browser::focus_fault,
    client::client,
    route::place,
    ui::{
        ask::{Question, asking},
        button::{Act, run, submit},
        field::{Label, line, radio},
        listen::on_submit,
        load::{Loaded, load},
        menu::{entry, more},
        toast::toasts,
    },
};
use crate::contract::resource::domain::{CUSTOM_URL_DOMAIN, Domain};
use crate::ui::browser::window;
use leptos::prelude::*;

/// What a name may be, and what that means for whoever calls.
const KINDS: [(bool, &str, &str); 2] = [
    (false, "A word in addresses", "Like woodgrove.onmicrosoft.com, in place of the directory’s id."),
    (
        true,
        "A host name of its own",
        "Applications then have an authority, an issuer and sessions under it. Its DNS leads to this server, and the certificate is for it too.",
    ),
];

fn is_host(domain: &Domain) -> bool {
    domain.supported_services.iter().any(|service| service == CUSTOM_URL_DOMAIN)
}

/// Of the directory with this id.
pub fn section(id: String) -> AnyView {
    let client = client();
    let origin = window().location().origin().unwrap_or_default();
    let names = load(move || client.domains());
    let shown = move |domains: Vec<Domain>| {
        let last_word = domains.iter().filter(|domain| !is_host(domain)).count() == 1;
        let rows: Vec<_> =
            domains.iter().map(|domain| row(names, domain, &origin, &id, last_word && !is_host(domain))).collect();
        view! {
            <div class="scroll"><table>
                <thead><tr>
                    <th scope="col">"Name"</th><th scope="col">"Authority of an application"</th>
                    <th scope="col"><span class="unseen">"Acts"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="card pad">
            <h2>"Names"</h2>
            <p class="second">"Tokens name the directory by the host name under which they were asked for, and by its id. Sessions are of one host name."</p>
            {names.show(2, shown)}
            {adding(names)}
        </section>
    }
    .into_any()
}

fn row(names: Loaded<Vec<Domain>>, domain: &Domain, origin: &str, id: &str, stays: bool) -> AnyView {
    let name = domain.id.clone();
    let authority = match is_host(domain) {
        true => {
            let port = origin.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
            let port = port.map(|(_, port)| format!(":{port}")).unwrap_or_default();
            let scheme = origin.split("://").next().unwrap_or_default();
            format!("{scheme}://{name}{port}/{id}")
        }
        false => format!("{origin}/{name}"),
    };
    let about = format!("Acts on {name}");
    let removed = name.clone();
    let acts = (!stays).then(|| {
        more(about, move |open| {
            let name = removed.clone();
            entry("Remove …", open, move || remove(names, &name)).into_any()
        })
    });
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td><code>{authority}</code></td>
            <td class="acts">{acts}</td>
        </tr>
    }
    .into_any()
}

fn remove(names: Loaded<Vec<Domain>>, name: &str) {
    let (client, toasts) = (client(), toasts());
    let question = Question {
        title: format!("Remove {name}?"),
        text: "Applications that use an address with this name reach nobody any more, and tokens that name it are not believed.".into(),
        act: "Remove".into(),
        dangerous: true,
    };
    let name = name.to_owned();
    asking().ask(question, move || {
        let name = name.clone();
        run(async move { client.remove_domain(&name).await.map(|()| name) }, move |name| {
            toasts.good(format!("{name} is nobody’s name now."));
            names.again();
        });
    });
}

fn adding(names: Loaded<Vec<Domain>>) -> AnyView {
    let (client, toasts, act) = (client(), toasts(), Act::new());
    let (name, fault) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let as_host = RwSignal::new(false);
    place().hold(move || name.with(|name| !name.trim().is_empty()));
    let add = move || {
        let services = if as_host.get_untracked() { vec![CUSTOM_URL_DOMAIN.to_owned()] } else { Vec::new() };
        let id = name.get_untracked().trim().to_owned();
        let new = Domain { id, supported_services: services, ..Domain::default() };
        act.run(async move { client.add_domain(&new).await }, move |made| match made {
            Ok(made) => {
                toasts.good(format!("{} leads here now.", made.id));
                name.try_set(String::new());
                names.again();
            }
            Err(trouble) => {
                let about = trouble.about("id");
                if about.is_none() {
                    toasts.bad(trouble.sentence());
                }
                fault.try_set(about);
                focus_fault();
            }
        });
    };
    let kinds: Vec<_> = KINDS
        .iter()
        .map(|(host, words, about)| {
            let on = move || as_host.get() == *host;
            radio("name-kind", *words, Some((*about).into()), on, None, move || as_host.set(*host))
        })
        .collect();
    view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); add() })>
            <fieldset><legend>"Another name"</legend>{kinds}</fieldset>
            {line(Label::new("domain", "Name"), name, fault)}
            <div class="buttons">{submit("Add", "Adding …", act)}</div>
        </form>
    }
    .into_any()
}
