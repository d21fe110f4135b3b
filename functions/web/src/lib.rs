//! The web page, embedded. `build.rs` builds `page/` with Vite; this crate serves the files with the headers that keep them
//! safe and fast. It knows no task, no store and no session: what the page shows comes from the API.

mod file;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;
use http::HeaderMap;
use rust_embed::RustEmbed;

use crate::file::File;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/page"]
struct Page;

/// One route for each file of the page, `/` for its index. What the page has no file for is left to the caller's fallback.
pub fn router() -> Router {
    Page::iter()
        .filter_map(|name| Some((Page::get(&name)?, name)))
        .fold(Router::new(), |router, (embedded, name)| {
            let file = File::new(&name, embedded);
            let path = if name == "index.html" {
                "/".to_owned()
            } else {
                format!("/{name}")
            };
            router.route(
                &path,
                get(async move |headers: HeaderMap| file.answer(&headers)),
            )
        })
}
