//! What is shipped: the page, compressed, and the program.

use super::folder;
use crate::{
    Options,
    program::Program,
    table::{Figure, Table, count},
};
use anyhow::Result;

/// The first load of the page as a browser that takes gzip gets it.
pub(crate) async fn page(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let program = Program::start(options, folder.path())?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("http://{}", program.address());
    let get = async |path: &str| -> Result<Vec<u8>> {
        let request = http
            .get(format!("{url}{path}"))
            .header("accept-encoding", "gzip");
        Ok(request
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?
            .to_vec())
    };
    let plain = http.get(format!("{url}/")).send().await?.text().await?;
    let mut bytes = 0;
    for attribute in ["src=\"", "href=\""] {
        let named = plain
            .split(attribute)
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for path in named.filter(|path| is_code(path)) {
            let path = path.trim_start_matches('.');
            bytes += get(path).await?.len();
        }
    }
    table.add(
        Figure::new(
            "page: script and style at first, compressed",
            count(bytes) / 1_000.0,
            "kB",
        )
        .at_most(45.0),
    );
    program.stop()?;
    let size = options.errand()?.metadata()?.len();
    let size = count(usize::try_from(size)?) / 1_000_000.0;
    table.add(Figure::new("the program, stripped", size, "MB").at_most(30.0));
    Ok(())
}

fn is_code(path: &str) -> bool {
    let extension = std::path::Path::new(path).extension();
    extension.is_some_and(|extension| extension == "js" || extension == "css")
}
