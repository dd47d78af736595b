//! What the management API shows and takes, in Microsoft Graph's JSON: one file per resource, shared by server and portal.
//! What Graph has no word for is a property more, beside Graph's own. A property that is left out has its default.

pub mod app_role;
pub mod application;
pub mod authentication_method;
pub mod b2x_user_flow;
pub mod collection;
pub mod directory_audit;
pub mod domain;
pub mod funnel;
pub mod identity_provider;
pub mod input;
pub mod invitation;
pub mod moment;
pub mod organization;
pub mod problem;
pub mod revision;
pub mod role;
pub mod sign_in;
pub mod simulation;
pub mod user;
pub mod user_flow;
pub mod user_flow_attribute;
