//! Each function alone: how soon it answers, and what it holds.

use super::{folder, start::IDLE};
use crate::{
    Options,
    program::Program,
    table::{Figure, Table},
};
use anyhow::Result;
use errand::FUNCTIONS;

const STARTS: usize = 5;

/// Over PostgreSQL, where `ERRAND_TEST_POSTGRES_URL` names a server. The clock is ready only where Kafka is
/// (`ERRAND_TEST_KAFKA_BROKERS`).
pub(crate) async fn functions(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let Some(postgres) = testkit::postgres::database().await else {
        return Ok(());
    };
    let kafka = testkit::kafka::kafka().await;
    for function in FUNCTIONS {
        let name = function.name;
        let mut settings = vec![("ERRAND_DATABASE_URL", postgres.url.as_str())];
        if function.always_on {
            let Some(kafka) = &kafka else { continue };
            settings.push(("ERRAND_KAFKA_BROKERS", &kafka.brokers));
            settings.push(("ERRAND_KAFKA_PREFIX", &kafka.prefix));
        }
        let alone = || Program::alone(options, folder.path(), name, &settings);
        alone()?.stop()?; // the first of all makes the tables
        let (mut took, mut used) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let program = alone()?;
            took.push(program.answered_after);
            used.push(program.used());
            program.stop()?;
        }
        let what = format!("`errand serve {name}`");
        let least = |all: Vec<_>| all.into_iter().min().unwrap_or_default();
        table.add(Figure::waited(format!("{what}: start to first 200"), least(took)).at_most(40.0));
        table.add(Figure::cpu(format!("{what}: start, in all"), least(used)));
        let program = alone()?;
        tokio::time::sleep(IDLE).await;
        let memory = program.memory()?;
        table.add(
            Figure::new(format!("{what}: resident memory, idle"), memory, "MiB").at_most(25.0),
        );
        program.stop()?;
    }
    Ok(())
}
