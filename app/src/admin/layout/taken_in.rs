//! What two administrators changed at once, as one layout: what each of them did alone stays. Where both changed one row, it
//! is left as it is here, and the marks say what that would change of the other one's.

use crate::contract::resource::input::Input;

/// `base`: what both began with; `theirs`: what is published now; `mine`: the rows here.
pub fn taken_in(base: &[Input], theirs: &[Input], mine: Vec<Input>) -> Vec<Input> {
    let order_is_theirs = names(base) == names(&mine);
    let mut rows: Vec<Input> = mine.into_iter().filter_map(|row| one(base, theirs, row)).collect();
    for (at, came) in theirs.iter().enumerate() {
        if find(base, &came.attribute).is_none() && find(&rows, &came.attribute).is_none() {
            rows.insert(place_after(&theirs[..at], &rows), came.clone());
        }
    }
    if order_is_theirs {
        // One that is not among theirs comes last.
        rows.sort_by_key(|row| place(theirs, &row.attribute).unwrap_or(theirs.len()));
    }
    rows
}

/// A row that nobody touched here is as they left it, or gone with them.
fn one(base: &[Input], theirs: &[Input], row: Input) -> Option<Input> {
    match find(base, &row.attribute) {
        Some(before) if *before == row => find(theirs, &row.attribute).cloned(),
        _ => Some(row),
    }
}

/// Behind the nearest of those before it that stands here too.
fn place_after(before: &[Input], rows: &[Input]) -> usize {
    before.iter().rev().find_map(|row| place(rows, &row.attribute)).map_or(0, |at| at + 1)
}

fn names(rows: &[Input]) -> Vec<&str> {
    rows.iter().map(|row| row.attribute.as_str()).collect()
}

fn place(rows: &[Input], attribute: &str) -> Option<usize> {
    rows.iter().position(|row| row.attribute == attribute)
}

fn find<'a>(rows: &'a [Input], attribute: &str) -> Option<&'a Input> {
    rows.iter().find(|row| row.attribute == attribute)
}
