//! Services that stay up between test runs, for whoever runs single tests all day.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{daprd, kafka, kept, moto, postgres, python, run, test};

#[derive(clap::Subcommand)]
pub(crate) enum Act {
    /// Start them and print the variables to export.
    Up,
    /// Stop them and delete what they kept.
    Down,
    /// Say what runs.
    Status,
}

/// Does one of them.
///
/// # Errors
/// When a service is not installed, does not start or does not stop.
pub(crate) fn run(act: Act) -> Result<()> {
    let services = Services::of_checkout()?;
    match act {
        Act::Up => {
            println!(
                "export ERRAND_TEST_POSTGRES_URL={}",
                services.postgres_up()?
            );
            println!("export ERRAND_TEST_KAFKA_BROKERS={}", services.kafka_up()?);
            println!("export ERRAND_TEST_KAFKA_JARS={}", kafka::jars()?.display());
            if let Some(authority) = kafka::authority(&services.kafka) {
                println!("export ERRAND_TEST_KAFKA_CA={}", authority.display());
            }
            match services.moto_up() {
                Ok(url) => println!("export ERRAND_TEST_MOTO_URL={url}"),
                Err(error) => eprintln!("no moto: {error:#}"),
            }
            // Programs that tests start themselves; nothing else here needs them.
            let daprd = ("ERRAND_TEST_DAPRD", daprd::binary());
            let lambda = (
                "ERRAND_TEST_CARGO_LAMBDA",
                python::CARGO_LAMBDA.program("cargo-lambda"),
            );
            for (variable, program) in [daprd, lambda] {
                match program {
                    Ok(program) => println!("export {variable}={}", program.display()),
                    Err(error) => eprintln!("{variable} stays unset: {error:#}"),
                }
            }
        }
        Act::Down => services.down()?,
        Act::Status => services.status()?,
    }
    Ok(())
}

/// PostgreSQL, Kafka and moto, each in a folder of its own.
pub(crate) struct Services {
    postgres: PathBuf,
    kafka: PathBuf,
    moto: PathBuf,
    /// What an installation over them keeps in files. It goes with them: its witness would accuse another log.
    pub(crate) data: PathBuf,
    /// Two at once would each start what the other starts.
    _lock: fs::File,
}

impl Services {
    /// One of each for a user and a checkout, so that nobody stops what another works with. Nobody else starts or stops them
    /// while this value is there.
    ///
    /// # Errors
    /// When `id` cannot be asked, or there is no target folder.
    pub(crate) fn of_checkout() -> Result<Self> {
        let user = run::read(Command::new("id").arg("-u")).context("who is this?")?;
        let mut checkout = DefaultHasher::new();
        run::root().hash(&mut checkout);
        let whose = format!("{}-{:016x}", user.trim(), checkout.finish());
        let folder = |name: &str| postgres::base().join(format!("errand-{name}-of-{whose}"));
        let target = test::target()?;
        fs::create_dir_all(&target)?;
        let lock = fs::File::create(target.join("services.lock"))?;
        lock.lock().context("the services cannot be locked")?;
        Ok(Self {
            postgres: folder("postgres"),
            kafka: folder("kafka"),
            moto: folder("moto"),
            data: folder("data"),
            _lock: lock,
        })
    }

    /// Starts it where it does not run; gives its address once it answers there.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub(crate) fn postgres_up(&self) -> Result<String> {
        let folder = &self.postgres;
        if !postgres::is_up(folder)? || !address(folder).is_file() {
            postgres::stop(folder)?;
            fs::write(address(folder), postgres::start(folder)?)?;
        }
        let url = fs::read_to_string(address(folder))?;
        postgres::wait_until_it_answers(&url)?;
        Ok(url)
    }

    /// Starts it where it does not run; gives its address once it answers there.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub(crate) fn kafka_up(&self) -> Result<String> {
        let folder = &self.kafka;
        if !kept::is_up(folder) || !address(folder).is_file() {
            kept::stop(folder)?;
            // It would go on at other ports than its folder says.
            remove(folder)?;
            fs::write(address(folder), kafka::start(folder)?)?;
        }
        let brokers = fs::read_to_string(address(folder))?;
        kafka::wait_until_it_answers(folder, &brokers)?;
        Ok(brokers)
    }

    fn moto_up(&self) -> Result<String> {
        let folder = &self.moto;
        if !kept::is_up(folder) || !address(folder).is_file() {
            kept::stop(folder)?;
            fs::write(address(folder), moto::start(folder)?)?;
        }
        let url = fs::read_to_string(address(folder))?;
        moto::wait_until_it_answers(folder, &url)?;
        Ok(url)
    }

    fn down(&self) -> Result<()> {
        if postgres::binaries().is_some() {
            postgres::stop(&self.postgres)?;
        }
        remove(&self.postgres)?;
        println!("PostgreSQL is down");
        for (name, folder) in [("Kafka", &self.kafka), ("moto", &self.moto)] {
            kept::stop(folder)?;
            remove(folder)?;
            println!("{name} is down");
        }
        remove(&self.data)?;
        Ok(())
    }

    fn status(&self) -> Result<()> {
        let postgres_is_up = postgres::binaries().is_some() && postgres::is_up(&self.postgres)?;
        for (name, folder, is_up, answers) in [
            (
                "PostgreSQL",
                &self.postgres,
                postgres_is_up,
                postgres::answers as fn(&str) -> bool,
            ),
            (
                "Kafka",
                &self.kafka,
                kept::is_up(&self.kafka),
                kafka::answers,
            ),
            ("moto", &self.moto, kept::is_up(&self.moto), moto::answers),
        ] {
            let at = fs::read_to_string(address(folder)).unwrap_or_default();
            match (is_up, answers(&at)) {
                (false, _) => println!("{name} is down"),
                (true, true) => println!("{name} is up: {at}"),
                (true, false) => println!("{name} is up, and does not answer: {at}"),
            }
        }
        let daprd = daprd::path()?;
        let built = if daprd.is_file() {
            "built"
        } else {
            "not built"
        };
        println!("daprd is {built}: {}", daprd.display());
        Ok(())
    }
}

fn address(folder: &Path) -> PathBuf {
    PathBuf::from(format!("{}.address", folder.display()))
}

fn remove(folder: &Path) -> Result<()> {
    let log = folder.with_extension("log");
    for gone in [
        fs::remove_dir_all(folder),
        fs::remove_file(address(folder)),
        fs::remove_file(log),
    ] {
        gone.or_else(|error| {
            if error.kind() == ErrorKind::NotFound {
                Ok(())
            } else {
                Err(error)
            }
        })?;
    }
    Ok(())
}
