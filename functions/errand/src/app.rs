//! The installation: its data folder, its store, its functions and its one local person.

use anyhow::Context;
use bus::Relay;
use domain::{
    command::Command,
    id::{UserId, derived},
    settings::SettingsPatch,
    state::State,
    task::change::Expect,
};
use errand::Functions;
use host::{Config, Deps, Key, SystemClock, SystemIds};
use notify::{Channel, Email, MailUrl};
use std::{io::ErrorKind, path::Path, sync::Arc};
use store::{Kind, Options, Reader};

/// The witness's copy of the log, in the data folder.
pub(crate) const WITNESS: &str = "witness.db";

/// All functions, and the one local person.
pub(crate) struct App {
    pub(crate) deps: Deps,
    pub(crate) person: Reader,
    pub(crate) functions: Functions,
}

impl App {
    /// Opens the data folder and the store, and makes the local person where there is none.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let channels = channels(&config)?;
        folder(&config.data)?;
        let ids: Arc<dyn host::Ids> = Arc::new(SystemIds);
        let key = match &config.key {
            Some(text) => Key::from_text(text),
            None => key(&config.data, ids.as_ref())?,
        };
        let store = store::open(&config.database_url(), options()).await?;
        let copy = config.data.join(WITNESS);
        let witness = audit::Witness::open(&copy, &config.data, || ids.secret()).await?;
        let deps = Deps::new(store, Arc::new(config), Arc::new(key));
        let person = local_person(&deps).await?;
        let functions = Functions {
            deps: deps.clone(),
            channels,
            witness: Arc::new(witness),
        };
        Ok(Self {
            deps,
            person,
            functions,
        })
    }

    /// Whether whoever has the lock is the only one who writes: a file is locked, a database server may have other clients.
    pub(crate) fn is_alone(&self) -> bool {
        store::file(&self.deps.config.database_url()).is_some()
    }

    /// The relay, for whoever has the lock.
    pub(crate) fn relay(&self) -> Relay {
        self.functions.relay(&self.holder())
    }

    /// Does what follows from what a command has done, for whoever has the lock.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        Ok(self.functions.settle(&self.holder()).await?)
    }

    /// Who leads: of those who are alone each takes on the lease of the one before, which may have been killed.
    fn holder(&self) -> String {
        if self.is_alone() {
            "errand".to_owned()
        } else {
            self.deps.ids.uuid().to_string()
        }
    }

    /// Finishes what is being written, and closes.
    pub(crate) async fn close(&self) {
        self.functions.witness.close().await;
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
    let server = MailUrl::parse(mail.url.reveal())?;
    Ok(vec![Arc::new(Email::new(server, &mail.from)?)])
}

/// The one person of the embedded default; the address given at start becomes theirs.
async fn local_person(deps: &Deps) -> anyhow::Result<Reader> {
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
