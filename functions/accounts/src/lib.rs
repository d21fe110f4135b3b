//! The person: who they are, what they set, their programs' tokens, and how a browser is signed in.

mod link;
mod me;
mod tokens;
mod unsubscribe;

pub use link::{new_link, new_token};

use axum::Router;
use contract::schema::{
    SettingsFields, SettingsInput,
    answers::{All, Page},
};
use domain::event::EventKind;
use host::{Deps, Routes, api::Operation};

/// What wakes it beside requests: nothing.
pub const SUBSCRIBES: &[EventKind] = &[];
/// What comes of it.
pub const EMITS: &[EventKind] = &[
    EventKind::SettingsChanged,
    EventKind::SignedIn,
    EventKind::TokenCreated,
    EventKind::TokenRevoked,
];

/// Its routes.
pub fn router(deps: Deps) -> Router {
    routes().router(deps)
}

/// Its routes, described.
pub fn operations() -> Vec<Operation> {
    routes().operations()
}

fn routes() -> Routes<Deps> {
    let api = Routes::about("the person")
        .get("/me", me::me)
        .says("Says who asks, by which client, with which scopes.")
        .answers::<me::Me>(200)
        .get("/me/settings", me::settings)
        .says("Reads the person's settings.")
        .shows::<SettingsFields>()
        .patch("/me/settings", me::change_settings)
        .says("Changes the person's settings. Each field that is sent is replaced.")
        .takes::<SettingsInput>()
        .repeats()
        .shows::<SettingsFields>()
        .get("/me/channels", me::channels)
        .says("Lists how reminders reach the person, and why one does not.")
        .answers::<All<me::Channel>>(200)
        .get("/me/tokens", tokens::all)
        .says("Lists the tokens of the person's programs.")
        .answers::<Page<tokens::Token>>(200)
        .post("/me/tokens", tokens::create)
        .says("Makes a token. The answer is the only place where its secret is shown.")
        .answers::<tokens::NewToken>(201)
        .delete("/me/tokens/{id}", tokens::revoke)
        .says("Revokes a token. It stops working at once.")
        .nothing()
        .post("/me/sign-out", link::sign_out)
        .says("Signs out. Of a program's token: revokes it.")
        .nothing();
    Routes::about("sign-in")
        .get("/sign-in", link::sign_in)
        .says("Uses up the link that is printed at start, and signs the browser in.")
        .answers_with(303, "")
        .answers_with(401, "text/html")
        .may(401)
        .get("/unsubscribe", unsubscribe::ask)
        .says("Shows the page to which a mail's link leads. It changes nothing.")
        .answers_with(200, "text/html")
        .answers_with(404, "text/html")
        .post("/unsubscribe", unsubscribe::turn_off)
        .says("Turns reminders and digests by e-mail off. A mail program sends this by itself (RFC 8058).")
        .answers_with(200, "text/html")
        .answers_with(404, "text/html")
        .merge(api.below("/api/v1"))
}
