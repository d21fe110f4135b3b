//! `cargo xtask chart`: holds the chart, the image and the compose file to what can be known without a cluster. It is part of
//! the suite where its tools are there; alone it fetches them first.

mod combinations;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::test::{self, counts::Counts};
use crate::{install, run};
use combinations::{APIS, NEEDED_BY, REFUSED, combinations};
use tools::Tools;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Use only the tools that are there already.
    #[arg(long)]
    no_fetch: bool,
}

/// Fetches the tools and runs every step. Gives whether all that could be looked at is right.
///
/// # Errors
/// When a folder cannot be written.
pub(crate) fn run(options: &Options) -> Result<bool> {
    if !options.no_fetch {
        if run::find(&["shellcheck"]).is_none() {
            install::one("shellcheck").unwrap_or_else(|why| eprintln!("{why}"));
        }
        tools::fetch();
    }
    let mut counts = Counts::default();
    test(&mut counts)?;
    counts.print_details();
    println!("{counts}");
    Ok(counts.failed == 0)
}

type Step = fn(&Tools, &Path) -> Result<()>;

const STEPS: &[(&str, Step)] = &[
    ("helm lint", lint),
    ("wrong values are refused in words", refused),
    ("every combination of values renders", render),
    ("the manifests are what their kinds allow", conform),
    ("the manifests keep the house's rules", keep_rules),
    ("hadolint", hadolint),
    ("the compose file is read", compose),
    ("shellcheck", shellcheck),
];

/// Counts each step as a test. One whose tool is not there is skipped aloud.
///
/// # Errors
/// When a folder cannot be written.
pub(crate) fn test(counts: &mut Counts) -> Result<()> {
    let tools = Tools::here();
    let out = test::target()?.join("chart");
    // What was rendered by another release is nobody's.
    let _gone = fs::remove_dir_all(&out);
    fs::create_dir_all(&out)?;
    for (name, step) in STEPS {
        let Err(error) = step(&tools, &out) else {
            println!("ok {name}");
            counts.passed += 1;
            continue;
        };
        if let Some(missing) = error.downcast_ref::<tools::Missing>() {
            counts.skip(&format!("chart: {name}"), &missing.to_string());
        } else {
            println!("not ok {name}: {error:#}");
            counts.fail(&format!("chart: {name}"));
        }
    }
    Ok(())
}

fn chart() -> PathBuf {
    run::root().join("knative")
}

fn environments() -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(chart().join("environments"))?;
    let mut files: Vec<_> = files.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}

/// What an environment leaves to whoever installs.
const LEFT: &str = "kafka.brokers={kafka:9092},publicUrl=https://tasks.example.org,domain.host=tasks.example.org,\
    domain.issuer.name=letsencrypt,secrets.external.store.name=vault";

fn lint(tools: &Tools, _: &Path) -> Result<()> {
    for environment in environments()? {
        let mut helm = Command::new(tools.helm()?);
        helm.args(["lint", "--strict", "--set", LEFT, "--values"])
            .args([&environment, &chart()]);
        run::read(&mut helm)?;
    }
    Ok(())
}

fn template(tools: &Tools, set: &str) -> Result<Command> {
    template_for(APIS, tools, set)
}

/// For a cluster that has these.
fn template_for(apis: &[&str], tools: &Tools, set: &str) -> Result<Command> {
    let mut helm = Command::new(tools.helm()?);
    helm.args(["template", "errand"])
        .arg(chart())
        .args(["--namespace", "errand", "--set", set]);
    for api in apis {
        helm.args(["--api-versions", api]);
    }
    Ok(helm)
}

fn refused(tools: &Tools, _: &Path) -> Result<()> {
    let not_taken = |mut helm: Command, set: &str, expected: &str| {
        let output = helm.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(!output.status.success(), "{set} is taken");
        ensure!(said.contains(expected), "{set}: {said}");
        Ok(())
    };
    for (set, expected) in REFUSED {
        not_taken(template(tools, set)?, set, expected)?;
    }
    // A cluster that has all but one.
    for (left_out, set) in APIS.iter().zip(NEEDED_BY) {
        let apis: Vec<&str> = APIS.iter().copied().filter(|api| api != left_out).collect();
        let set = format!("kafka.brokers={{k:1}},{set}");
        let expected = format!("this cluster has no {left_out}: install ");
        not_taken(template_for(&apis, tools, &set)?, &set, &expected)?;
    }
    Ok(())
}

fn render(tools: &Tools, out: &Path) -> Result<()> {
    for (name, set) in combinations() {
        let said =
            run::read(&mut template(tools, &set)?).with_context(|| format!("{name}, {set}"))?;
        fs::write(out.join(format!("{name}.yaml")), said)?;
    }
    for environment in environments()? {
        let mut helm = template(tools, LEFT)?;
        let said = run::read(helm.arg("--values").arg(&environment))?;
        let name = environment.file_name().context("a file")?;
        fs::write(out.join(name), said)?;
    }
    Ok(())
}

fn conform(tools: &Tools, out: &Path) -> Result<()> {
    let schemas = tools.schemas()?;
    let kubeconform = tools.kubeconform()?;
    let location = schemas.join("{{ .Group }}_{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json");
    let check = |what: &Path| {
        let mut command = Command::new(&kubeconform);
        command
            .args(["-strict", "-summary", "-schema-location"])
            .args([&location, what]);
        run::read(&mut command)
    };
    print!("{}", check(&rendered(out)?)?);
    is_noticed(out, "containerConcurrency", "containerConcurency", |file| {
        check(file).map(drop)
    })
}

fn keep_rules(tools: &Tools, out: &Path) -> Result<()> {
    let python = tools.python()?;
    let check = |files: &[PathBuf]| {
        let mut command = Command::new(&python);
        command
            .arg(tools::script())
            .arg("rules")
            .arg(chart().join("functions.json"))
            .args(files);
        run::read(&mut command)
    };
    let files = fs::read_dir(rendered(out)?)?;
    let files: Vec<_> = files.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    print!("{}", check(&files)?);
    for (good, wrong) in [
        (
            "readOnlyRootFilesystem: true",
            "readOnlyRootFilesystem: false",
        ),
        (
            "automountServiceAccountToken: false",
            "automountServiceAccountToken: true",
        ),
        ("deadLetterSink:", "deadletterSink:"),
        ("name: errand-recur", "name: errand-rekur"),
        ("cluster-local", "cluster-wide"),
    ] {
        is_noticed(out, good, wrong, |file| check(&[file.to_owned()]).map(drop))?;
    }
    Ok(())
}

fn rendered(out: &Path) -> Result<PathBuf> {
    let any = fs::read_dir(out)?.next().is_some();
    if any {
        Ok(out.to_owned())
    } else {
        Err(tools::Missing("nothing was rendered".to_owned()).into())
    }
}

/// A check that passes whatever it is given proves nothing: with one wrong word it must fail.
fn is_noticed(
    out: &Path,
    good: &str,
    wrong: &str,
    check: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let (name, _) = combinations().next().context("a combination")?;
    let text = fs::read_to_string(out.join(format!("{name}.yaml")))?;
    ensure!(text.contains(good), "nowhere {good}");
    let file = out.with_extension("wrong.yaml");
    fs::write(&file, text.replacen(good, wrong, 1))?;
    if check(&file).is_ok() {
        bail!("{wrong} is not noticed");
    }
    Ok(())
}

fn hadolint(tools: &Tools, _: &Path) -> Result<()> {
    let mut hadolint = Command::new(tools.of_python("hadolint")?);
    run::read(hadolint.arg(run::root().join("Dockerfile"))).map(drop)
}

fn compose(tools: &Tools, _: &Path) -> Result<()> {
    let mut compose = Command::new(tools.of_python("docker-compose")?);
    compose
        .arg("--file")
        .arg(run::root().join("compose.yaml"))
        .args(["config", "--quiet"])
        .env("ERRAND_KEY", "only to read the file");
    run::read(&mut compose).map(drop)
}

fn shellcheck(_: &Tools, _: &Path) -> Result<()> {
    let listed = run::read(
        Command::new("git")
            .current_dir(run::root())
            .args(["ls-files", "*.sh", ".ci/run"]),
    )?;
    let mut shellcheck = Command::new(tools::shellcheck()?);
    run::read(shellcheck.current_dir(run::root()).args(listed.lines())).map(drop)
}
