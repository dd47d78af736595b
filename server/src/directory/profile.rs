//! What tokens and pages tell of an account, asked for as one text: a row of its own for each thing told would be a message
//! of its own from SQLite's thread, and a wait of whoever asked.

use super::account::{Address, Profile};
use crate::error::{Error, Result};
use app::contract::id::AccountId;
use std::collections::BTreeMap;

/// The text, for the account of a tenant that these words of SQL name. NULL where there is none, or it was deleted. SQLite's
/// `LENGTH` ends at the first U+0000: no name and no value has one.
pub fn told(tenant: &str, account: &str) -> String {
    format!(
        "(SELECT string_agg(CAST(LENGTH(what) AS TEXT) || ':' || CAST(LENGTH(name) AS TEXT) || ':'
                            || CAST(LENGTH(value) AS TEXT) || ':' || what || name || value, '') FROM (
            SELECT 'account' AS what, id AS name, CASE WHEN disabled_at IS NULL THEN '' ELSE 'disabled' END AS value
              FROM accounts WHERE tenant_id = {tenant} AND id = {account} AND deleted_at IS NULL
            UNION ALL SELECT kind, CASE WHEN verified_at IS NULL THEN '' ELSE 'proved' END, address
              FROM addresses WHERE tenant_id = {tenant} AND account_id = {account} AND kind IN ('signIn', 'contact')
            UNION ALL SELECT 'userName', '', issuer_assigned_id
              FROM identities WHERE tenant_id = {tenant} AND account_id = {account} AND sign_in_type = 'userName'
            UNION ALL SELECT 'attribute', attribute_id, value
              FROM attribute_values WHERE tenant_id = {tenant} AND account_id = {account}) AS told)"
    )
}

/// What such a text tells.
pub fn read(text: &str) -> Result<Option<Profile>> {
    let mut profile = Profile {
        account: AccountId::from(""),
        disabled: false,
        name: String::new(),
        address: None,
        contact: None,
        attributes: BTreeMap::new(),
    };
    let (mut found, mut user_name, mut rest) = (false, None, text);
    while !rest.is_empty() {
        let (what, name, value, after) =
            next(rest).ok_or_else(|| Error::Internal("an account is told in a way that nobody reads".into()))?;
        rest = after;
        let (name, value) = (name.to_owned(), value.to_owned());
        match what {
            "account" => {
                (found, profile.account, profile.disabled) = (true, name.into(), value == "disabled");
            }
            "signIn" => {
                let one = Address { text: value, is_proved: name == "proved" };
                profile.address = profile.address.into_iter().chain([one]).min_by(|a, b| order(a).cmp(&order(b)));
            }
            "contact" => profile.contact = Some(value).filter(|_| name == "proved"),
            "userName" => user_name = Some(value),
            _ => {
                profile.attributes.insert(name, value);
            }
        }
    }
    profile.name = profile.address.as_ref().map(|address| address.text.clone()).or(user_name).unwrap_or_default();
    Ok(found.then_some(profile))
}

/// Of several addresses the profile shows the same one every time, and a proved one before others.
fn order(address: &Address) -> (bool, &str) {
    (!address.is_proved, &address.text)
}

/// `7:2:5:` and then as many characters of each.
fn next(text: &str) -> Option<(&str, &str, &str, &str)> {
    let mut parts = text.splitn(4, ':');
    let lengths = [parts.next()?, parts.next()?, parts.next()?];
    let mut rest = parts.next()?;
    let mut told = [""; 3];
    for (part, length) in told.iter_mut().zip(lengths) {
        let end = rest.char_indices().nth(length.parse().ok()?).map_or(rest.len(), |(at, _)| at);
        (*part, rest) = rest.split_at(end);
    }
    let [what, name, value] = told;
    Some((what, name, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_whatever_stands_in_it() {
        let text = "7:2:0:accounta16:6:8:signInprovedm@a.test9:4:3:attributecity1:é9:5:0:attributeempty";
        let profile = read(text).unwrap().unwrap();
        assert_eq!((profile.account.as_str(), profile.disabled, profile.name.as_str()), ("a1", false, "m@a.test"));
        assert_eq!(profile.address, Some(Address { text: "m@a.test".into(), is_proved: true }));
        let attributes = [("city".to_owned(), "1:é".to_owned()), ("empty".to_owned(), String::new())];
        assert_eq!(profile.attributes, BTreeMap::from(attributes));
    }

    #[test]
    fn of_several_addresses_the_same_one_is_shown_and_a_proved_one_first() {
        let told = ["6:0:4:signInb@b.", "6:6:4:signInprovedd@d.", "6:6:4:signInprovedc@c.", "6:0:4:signIna@a."];
        for turn in 0..told.len() {
            let mut told = told;
            told.rotate_left(turn);
            let text = format!("7:1:0:accounta{}", told.concat());
            assert_eq!(read(&text).unwrap().unwrap().name, "c@c.");
        }
    }

    #[test]
    fn nobody_is_told_by_attributes_alone() {
        assert_eq!(read("").unwrap(), None);
        assert_eq!(read("9:4:4:attributecityRome").unwrap(), None);
        assert!(read("9:4:attributecityRome").is_err());
    }
}
