//! What a list is asked for: OData's query options, read by bounded rules into typed data. `options` reads them all,
//! `lex` and `filter` the `$filter`; `listed` answers from what is in memory.

pub mod filter;
mod lex;
pub mod listed;
pub mod options;
pub mod page;
