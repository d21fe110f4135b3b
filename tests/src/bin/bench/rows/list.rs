//! A page of tasks through HTTP.

use super::{creates, folder, run};
use crate::{
    Options,
    house::House,
    million::Million,
    table::{Figure, Table},
};
use anyhow::Result;

const PAGE: &str = "/api/v1/tasks?limit=50";

pub(crate) async fn list(options: &Options, million: &Million, table: &mut Table) -> Result<()> {
    let small = folder()?;
    let house = House::open(small.path())?;
    let count = options.size(10_000);
    run(&house, &creates(count)).await?;
    let what = format!("list 50 of {count} tasks, through HTTP");
    let figure = measure(&house, &what, PAGE).await?;
    table.add(figure.at_most(0.25));
    let words = "/api/v1/search?q=mom+party&limit=50";
    table.add(measure(&house, &format!("{what}: by words"), words).await?);
    house.close().await;
    let house = House::open(million.data())?;
    let what = format!(
        "list 50 of 50,000 among {} tasks, through HTTP",
        million.tasks
    );
    let figure = measure(&house, &what, PAGE).await?;
    table.add(figure.at_most(0.25));
    house.close().await;
    Ok(())
}

async fn measure(house: &House, what: &str, path: &'static str) -> Result<Figure> {
    let body = house.client.get(path).await?;
    let bare = house.bare(body).await?;
    let rounds = |client: crate::http::Client| {
        move || {
            let client = client.clone();
            async move {
                for _ in 0..100 {
                    client.get(path).await?;
                }
                Ok(())
            }
        }
    };
    let floor = house.cheapest(5, 100, rounds(bare)).await?;
    let used = house.cheapest(7, 100, rounds(house.client.clone())).await?;
    Ok(Figure::cpu(what, used).floor(floor))
}
