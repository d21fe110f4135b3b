//! The house: its store, its key, its one local person.

use anyhow::Context;
use domain::{
    command::Command,
    id::{UserId, derived},
    settings::SettingsPatch,
    state::State,
    task::change::Expect,
};
use errand::{Function, Given};
use host::{Config, Deps, Key, SystemClock, SystemIds};
use notify::{Channel, DaprMail};
use std::{collections::BTreeSet, io::ErrorKind, path::Path, sync::Arc};
use store::{Kind, Options, Reader};
use tokio::sync::OnceCell;

/// The witness's copy of the log, in the data folder.
pub(crate) const WITNESS: &str = "witness.db";

/// What every function and command of this installation stands on.
pub(crate) struct App {
    pub(crate) deps: Deps,
    witness: OnceCell<Arc<audit::Witness>>,
}

impl App {
    /// Opens the data folder and the store.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        // Said before anything is made.
        drop(channels(&config)?);
        folder(&config.data)?;
        let ids: Arc<dyn host::Ids> = Arc::new(SystemIds);
        let key = match &config.key {
            Some(text) => Key::from_text(text),
            None => key(&config.data, ids.as_ref())?,
        };
        let store = store::open(&config.database_url(), options()).await?;
        let deps = Deps::new(store, Arc::new(config), Arc::new(key));
        Ok(Self {
            deps,
            witness: OnceCell::new(),
        })
    }

    /// The one local person; made where there is none. The address given at start becomes theirs.
    pub(crate) async fn person(&self) -> anyhow::Result<Reader> {
        let deps = &self.deps;
        let machine = || jiff::tz::TimeZone::system().iana_name().map(str::to_owned);
        let zone = deps.config.zone.clone().or_else(machine);
        let zone = zone.unwrap_or_else(|| "UTC".to_owned());
        let person = deps
            .store
            .person(UserId(derived(&["local person"])), "me", &zone)
            .await?;
        if let Some(to) = deps.config.mail.as_ref().and_then(|mail| mail.to.clone()) {
            address(deps, &person, to).await?;
        }
        Ok(person)
    }

    /// What these functions are given.
    pub(crate) async fn given(&self, functions: &[&Function]) -> anyhow::Result<Given> {
        let has = |what: fn(&Function) -> bool| functions.iter().any(|function| what(function));
        Ok(Given {
            deps: self.deps.clone(),
            channels: channels(&self.deps.config)?,
            people: if has(|function| function.always_on) {
                vec![self.person().await?]
            } else {
                Vec::new()
            },
            witness: if has(|function| function.witnesses) {
                Some(self.witness().await?)
            } else {
                None
            },
            feed: live::Feed::new(self.deps.clone()),
        })
    }

    /// Whether whoever has the lock is the only one who writes: a file is locked, a database server may have other clients.
    pub(crate) fn is_alone(&self) -> bool {
        store::file(&self.deps.config.database_url()).is_some()
    }

    /// Who leads: of those who are alone each takes on the lease of the one before, which may have been killed.
    pub(crate) fn holder(&self) -> String {
        if self.is_alone() {
            "errand".to_owned()
        } else {
            self.deps.ids.uuid().to_string()
        }
    }

    /// The witness of the log, with its copy and its key in the data folder; opened when it is first asked for.
    pub(crate) async fn witness(&self) -> anyhow::Result<Arc<audit::Witness>> {
        let open = async || self.open_witness().await.map(Arc::new);
        Ok(self.witness.get_or_try_init(open).await?.clone())
    }

    /// Opens it, for whoever closes it again.
    pub(crate) async fn open_witness(&self) -> Result<audit::Witness, audit::OpenError> {
        let folder = &self.deps.config.data;
        audit::Witness::open(&folder.join(WITNESS), folder, || self.deps.ids.secret()).await
    }

    /// Has the witness watch from now on what came from elsewhere, in a backup or an import, with heads that were signed by these keys.
    pub(crate) async fn watch(&self, signers: &BTreeSet<String>) -> anyhow::Result<()> {
        let folder = &self.deps.config.data;
        audit::trust(folder, signers).with_context(|| unwritable(folder))?;
        let witness = self.open_witness().await?;
        let begun = witness.begin(&self.deps).await;
        witness.close().await;
        begun.context("the witness could not copy the log; it does so when Errand runs next")
    }

    /// Finishes what is being written, and closes.
    pub(crate) async fn close(&self) {
        if let Some(witness) = self.witness.get() {
            witness.close().await;
        }
        self.deps.store.close().await;
    }
}

/// The real clock and randomness, for the store.
pub(crate) fn options() -> Options {
    let clock = SystemClock;
    Options::new(
        Arc::new(move || host::Clock::now(&clock)),
        Arc::new(rand::random),
    )
}

/// Makes the data folder where it is not there, and keeps others out of it.
pub(crate) fn folder(data: &Path) -> anyhow::Result<()> {
    let made = std::fs::create_dir_all(data);
    made.with_context(|| {
        format!(
            "ERRAND_DATA: the folder {} cannot be made; choose another with --data",
            data.display()
        )
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data)?.permissions().mode();
        // What is in it is one person's; on a folder that is not ours this is no reason to stop.
        let _ = std::fs::set_permissions(data, std::fs::Permissions::from_mode(mode & 0o700));
    }
    Ok(())
}

/// What to say where a file in the data folder cannot be written.
pub(crate) fn unwritable(data: &Path) -> String {
    format!(
        "ERRAND_DATA: nothing can be written into the folder {}: is it this user's, and is there room? --data chooses another",
        data.display()
    )
}

fn key(data: &Path, ids: &dyn host::Ids) -> anyhow::Result<Key> {
    Key::kept_in(data, || ids.secret()).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => anyhow::Error::new(error).context("ERRAND_DATA"),
        _ => anyhow::Error::new(error).context(unwritable(data)),
    })
}

/// Mail, where there is a server for it.
pub(crate) fn channels(config: &Config) -> anyhow::Result<Vec<Arc<dyn Channel>>> {
    let Some(mail) = &config.mail else {
        return Ok(Vec::new());
    };
    if let Some(binding) = &mail.binding {
        let mail = DaprMail::new(config.dapr.sidecar()?, binding, &mail.from)?;
        return Ok(vec![Arc::new(mail)]);
    }
    Ok(vec![notify::email(mail.url.reveal(), &mail.from)?])
}

async fn address(deps: &Deps, person: &Reader, to: String) -> anyhow::Result<()> {
    let docs = deps.store.records(person, Kind::Settings).await?;
    let known = docs.iter().any(|doc| {
        doc.json
            .contains(&format!("\"email\":{}", contract::doc::json(&to)))
    });
    if known {
        return Ok(());
    }
    let set = SettingsPatch {
        email: Some(Some(to)),
        ..SettingsPatch::default()
    };
    let command = Command::UpdateSettings { set: Box::new(set) };
    let need = command.need(Expect::Any);
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, Expect::Any, now)?;
        Ok(store::Answer {
            status: 204,
            body: String::new(),
            version: None,
        })
    });
    deps.store
        .commit(&host::system(deps, person.clone(), "errand"), need, decide)
        .await
        .context("ERRAND_MAIL_TO")?;
    Ok(())
}
