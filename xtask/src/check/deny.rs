//! cargo-deny over the whole graph, and stricter over the pure crates.

use anyhow::Result;

use crate::run;

/// Licences, bans and sources always; advisories where the network can give the database.
///
/// # Errors
/// When a rule of deny.toml or deny-pure.toml is broken, or cargo-deny cannot be installed.
pub(super) fn run() -> Result<()> {
    if run::find(&["cargo-deny"]).is_none() {
        run::show(run::cargo().args(["install", "--locked", "cargo-deny@0.20.2"]))?;
    }
    run::show(run::cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    for pure in ["shared/domain/Cargo.toml", "shared/language/Cargo.toml"] {
        run::show(run::cargo().args([
            "deny",
            "--manifest-path",
            pure,
            "check",
            "--config",
            "deny-pure.toml",
            "bans",
        ]))?;
    }
    if let Err(error) = run::show(run::cargo().args(["deny", "check", "advisories"])) {
        eprintln!("advisories: {error:#}");
        return Err(error);
    }
    Ok(())
}
