//! Writing over PostgreSQL: what our process uses, what the server does for it, and how often they speak.

use super::{
    create::{many, rounds},
    folder, task,
};
use crate::{
    Options, cpu,
    house::House,
    proxy,
    table::{Figure, Table},
};
use anyhow::Result;
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use testkit::postgres::TestDatabase;

/// Creates, where `ERRAND_TEST_POSTGRES_URL` names a server (on this machine: its CPU time is read here).
pub(crate) async fn create(options: &Options, table: &mut Table) -> Result<()> {
    let Some(database) = testkit::postgres::database().await else {
        return Ok(());
    };
    let folder = folder()?;
    let house = House::over(&database.url, folder.path())?;
    let mut server = Server::of(&database).await?;
    let answer = house
        .client
        .post_once("/api/v1/tasks", "first", task().to_string())
        .await?;
    let bare = house.bare(answer).await?;
    let each = options.size(20);
    for (clients, each) in [(64, each), (1, options.size(100))] {
        rounds(&house, &house.client, clients, each, 1).await?;
        let (floor, _) = rounds(&house, &bare, clients, each, 3).await?;
        let before = server.used().await?;
        let (ours, _) = rounds(&house, &house.client, clients, each, 5).await?;
        let theirs = server.used().await?.saturating_sub(before) / (clients * each * 5);
        let what = format!("create over PostgreSQL, {clients} clients");
        let ours = Figure::cpu(format!("{what}: in our process"), ours.all);
        table.add(ours.at_most(0.4).floor(floor.all));
        table.add(Figure::cpu(format!("{what}: in the server"), theirs).at_most(1.2));
    }
    house.close().await;
    trips(&database, options, table).await?;
    hot(&database, options, table).await
}

/// How often our process and the server speak for one create.
async fn trips(database: &TestDatabase, options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let (url, said) = proxy::before(&database.url).await?;
    let house = House::over(&url, folder.path())?;
    many(&house.client, 1, 10).await?; // statements are prepared once for a connection
    let count = options.size(100);
    let before = said.so_far();
    many(&house.client, 1, count).await?;
    let after = said.so_far();
    let each = |after: u32, before: u32| f64::from(after - before) / f64::from(count);
    let what = "create over PostgreSQL, one client";
    let trips = Figure::new(format!("{what}: round trips"), each(after.0, before.0), "");
    table.add(trips.at_most(4.0));
    let statements = each(after.1, before.1);
    table.add(Figure::new(
        format!("{what}: messages with statements"),
        statements,
        "",
    ));
    house.close().await;
    Ok(())
}

/// How often a command is tried at most where two processes write to one stream all the time.
async fn hot(database: &TestDatabase, options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let open = || House::over(&database.url, folder.path());
    let (one, two) = (open()?, open()?);
    let count = options.size(300);
    tokio::try_join!(many(&one.client, 1, count), many(&two.client, 1, count))?;
    let most = f64::from(one.most_tries().max(two.most_tries()));
    let what = format!(
        "one stream, two processes, {} creates: tries at most",
        count * 2
    );
    table.add(Figure::new(what, most, "").at_most(2.0));
    one.close().await;
    two.close().await;
    Ok(())
}

/// The server's processes for one database.
struct Server(PgConnection);

impl Server {
    async fn of(database: &TestDatabase) -> Result<Self> {
        Ok(Self(PgConnection::connect(&database.url).await?))
    }

    /// What those that serve the others have used so far.
    async fn used(&mut self) -> Result<Duration> {
        let sql = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        let ids: Vec<i32> = sqlx::query_scalar(sql).fetch_all(&mut self.0).await?;
        let ids = ids.into_iter().filter_map(|id| u32::try_from(id).ok());
        Ok(ids.map(cpu::of_process).sum())
    }
}
