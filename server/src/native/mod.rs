//! FACE native apps: sign-up, sign-in and password reset on screens of the application's own, in the shapes of Entra's native
//! authentication API. `sign_up`, `sign_in` and `reset_password` are its three ways, `register` is where they set another proof
//! up, `token` is where signing in ends.
//! Between two calls the application holds a `continuation` token, which changes with every answer that counts; `told` says in
//! the API's words what the engine has come to. Off unless an administrator switched it on for the application.

pub mod register;
pub mod reset_password;
pub mod sign_in;
pub mod sign_up;
pub mod token;

mod asked;
mod attributes;
mod challenge;
mod continuation;
mod opened;
mod start;
mod told;
mod trouble;
