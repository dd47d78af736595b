//! Those who were deleted: for thirty days they can be brought back, or forgotten at once and for ever.

use super::{
    super::{
        browser::moment,
        client::client,
        ui::{
            ask::{Question, asking},
            button::{bare, plain, run},
            empty::empty,
            icon::Icon,
            pages::{Pages, pages},
            search::{fits, none_fits},
            toast::toasts,
        },
    },
    address, name,
};
use crate::contract::resource::user::{User, Value};
use leptos::prelude::*;

/// `typed` narrows those shown.
pub fn list(typed: RwSignal<String>) -> AnyView {
    let client = client();
    let pages = pages(move || client.deleted_people());
    pages.show(8, move |first| {
        if first.is_empty() {
            return empty("Nobody is deleted", "Whoever is deleted stands here for thirty days, and can be brought back.", None);
        }
        view! {
            {move || {
                let typed = typed.get();
                let found = |user: &&User| fits(&typed, &[&name(user), &address(user)]);
                let rows: Vec<_> = first.iter().chain(&pages.more()).filter(found).map(|user| row(pages, user)).collect();
                if rows.is_empty() { return none_fits(pages.goes_on()) }
                view! {
                    <div class="scroll"><table>
                        <thead><tr><th scope="col">"Name"</th><th scope="col">"Email"</th><th scope="col">"Deleted"</th><th scope="col"><span class="unseen">"Acts"</span></th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table></div>
                }.into_any()
            }}
            {pages.foot()}
        }
        .into_any()
    })
}

fn row(pages: Pages<User>, user: &User) -> AnyView {
    let (id, called) = (StoredValue::new(user.id.clone()), StoredValue::new(name(user)));
    view! {
        <tr>
            <th scope="row">{name(user)}</th>
            <td>{address(user)}</td>
            <td class="second">{since(user)}</td>
            <td class="acts">
                <div class="buttons end">
                    {plain("Restore", move || restore(pages, id.get_value(), called.get_value()))}
                    {bare(Icon::Trash, format!("Delete {} for ever", name(user)), move || forget(pages, id.get_value(), called.get_value()))}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

fn since(user: &User) -> Option<String> {
    match user.extensions.get("deletedDateTime")? {
        Value::Text(text) => Some(moment(text)),
        _ => None,
    }
}

fn restore(pages: Pages<User>, id: String, called: String) {
    let (client, toasts) = (client(), toasts());
    run(async move { client.restore_person(&id).await }, move |()| {
        toasts.good(format!("{called} is back."));
        pages.again();
    });
}

fn forget(pages: Pages<User>, id: String, called: String) {
    let (client, toasts) = (client(), toasts());
    let question = Question {
        title: format!("Delete {called} for ever?"),
        text: "Everything that is known of them is gone at once, and nobody can bring it back.".into(),
        act: "Delete for ever".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (id, called) = (id.clone(), called.clone());
        run(async move { client.forget_person(&id).await }, move |()| {
            toasts.good(format!("{called} is forgotten."));
            pages.again();
        });
    });
}
