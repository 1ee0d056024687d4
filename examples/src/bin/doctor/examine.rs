//! Everything that can be found out, in an order in which nothing hides what comes behind it, and what follows from it.

use std::env;
use std::path::Path;
use std::time::Duration;

use crate::library;
use crate::machine::Machine;
use crate::trial::{Ending, Trial, Variables};
use crate::value::Value;

/// What was found, and whether the machine is well.
pub(crate) struct Findings {
    pub(crate) values: Vec<(&'static str, Value)>,
    pub(crate) is_healthy: bool,
}

/// An adapter that has been tried.
struct Tried {
    /// Its name and backend: two software drivers go by one name.
    label: String,
    values: Vec<(&'static str, Value)>,
    trial: Trial,
    /// The variables that lead programs to it.
    way: String,
}

impl Tried {
    fn is_well(&self) -> bool {
        self.trial.ending == Ending::Well
    }

    fn checks(&self) -> Vec<Value> {
        let all = self.trial.all("check").filter_map(|fields| {
            let [name, outcome, time] = fields else { return None };
            let members =
                [("name", name), ("outcome", outcome), ("time", time), ("adapter", &self.label)];
            Some(Value::Group(members.map(|(name, value)| (name, value.as_str().into())).into()))
        });
        all.collect()
    }
}

/// Looks at everything; no probe may take longer than `limit`.
pub(crate) fn examine(limit: Duration) -> Findings {
    let machine = Machine { root: Path::new("/"), variable: &|name| env::var_os(name) };
    let memory = machine.memory();
    let mut examination = Examination { limit, memory, values: Vec::new(), trials: Vec::new() };
    examination.values.push(("environment", library::environment()));
    examination.values.push(("machine", machine.look()));
    let drivers = library::drivers();
    let shown = drivers.iter().map(|manifest| manifest.as_str().into()).collect();
    examination.values.push(("drivers", Value::List(shown)));
    let verdict = examination.look(&drivers);
    examination.finish(verdict)
}

/// What the findings come to.
enum Verdict {
    Well,
    /// Programs work, and something that they do not use is not well.
    WellBut(String),
    /// What is wrong, and what to do about it where that does not say so itself.
    NotWell(String, Option<String>),
}

struct Examination {
    limit: Duration,
    /// The limit of memory, where there is one.
    memory: Option<String>,
    values: Vec<(&'static str, Value)>,
    trials: Vec<Value>,
}

impl Examination {
    fn run(&mut self, name: &str, what: &str, variables: &Variables<'_>) -> Trial {
        let trial = Trial::run(name, what, variables, self.limit);
        self.trials.push(trial.finding());
        trial
    }

    fn look(&mut self, drivers: &[String]) -> Verdict {
        let library = self.run("library", "library", &[]);
        self.values.extend(library::finding(&library).map(|found| ("library", found)));
        if let Some(problem) = library.problem() {
            return Verdict::NotWell(problem, advice_on_library(&library));
        }
        let listing = self.run("adapters", "adapters", &[]);
        let mut tried = self.try_adapters(&listing, &[]);
        let problem = listing.problem();
        let mut bad = Vec::new();
        if problem.is_some() && !matches!(listing.ending, Ending::Problem(_)) {
            for variables in ways(drivers) {
                let way = shown(&variables);
                let listing = self.run(&way, "adapters", &variables);
                tried.extend(self.try_adapters(&listing, &variables));
                if matches!(listing.ending, Ending::Died(_) | Ending::Late(_)) {
                    bad.push(way);
                }
            }
        }
        let adapters = tried.iter().map(|tried| Value::Group(tried.values.clone()));
        self.values.push(("adapters", Value::List(adapters.collect())));
        self.values.push(("checks", Value::List(tried.iter().flat_map(Tried::checks).collect())));
        if let Some(problem) = problem {
            return Verdict::NotWell(problem, advice_on_driver(&listing, &tried, &bad));
        }
        let chosen = listing.all("chosen").next().and_then(|fields| fields.first()?.parse().ok());
        let chosen = chosen.and_then(|index: usize| tried.get(index)).or(tried.first());
        let Some(chosen) = chosen else {
            return Verdict::NotWell("the probe told of no adapter".to_owned(), None);
        };
        if let Some(problem) = chosen.trial.problem() {
            let named = format!("{}: {problem}", chosen.label);
            let problem = if problem.starts_with(&chosen.label) { problem } else { named };
            return Verdict::NotWell(problem, advice_on_driver(&chosen.trial, &tried, &[]));
        }
        let others: Vec<&str> = tried
            .iter()
            .filter(|other| !other.is_well())
            .map(|other| other.label.as_str())
            .collect();
        if others.is_empty() {
            return Verdict::Well;
        }
        let (chosen, others) = (&chosen.label, others.join(" and "));
        Verdict::WellBut(format!("well with {chosen}, which programs take; not with {others}"))
    }

    /// Has each of the adapters that a probe has listed tried in a probe of its own.
    fn try_adapters(&mut self, listing: &Trial, variables: &Variables<'_>) -> Vec<Tried> {
        let mut tried = Vec::new();
        for (index, fields) in listing.all("adapter").enumerate() {
            let [name, backend, ..] = fields else { continue };
            let label = format!("{name} ({backend})");
            let trial = self.run(&label, &index.to_string(), variables);
            let way = match variables {
                [] => format!("WGPU_BACKEND={} WGPU_ADAPTER_NAME='{name}'", backend.to_lowercase()),
                variables => shown(variables),
            };
            let names = ["name", "backend", "type", "driver", "software"];
            let told =
                names.into_iter().zip(fields).map(|(name, value)| (name, value.as_str().into()));
            let mut values: Vec<_> = told.collect();
            values.push(("well", Value::Flag(trial.ending == Ending::Well)));
            tried.push(Tried { label, values, trial, way });
        }
        tried
    }

    fn finish(mut self, verdict: Verdict) -> Findings {
        self.values.push(("probes", Value::List(self.trials)));
        let is_healthy = !matches!(verdict, Verdict::NotWell(..));
        self.values.push(("healthy", Value::Flag(is_healthy)));
        let verdict = match verdict {
            Verdict::Well => "all is well".to_owned(),
            Verdict::WellBut(what) => what,
            Verdict::NotWell(problem, advice) => {
                let verdict = format!("not well: {}", first_sentence(&problem));
                self.values.push(("problem", problem.into()));
                // Want of memory shows as whatever was asked for last.
                let memory =
                    self.memory.map(|limit| format!("memory is {limit}: raise that first"));
                let advice: Vec<String> = memory.into_iter().chain(advice).collect();
                if !advice.is_empty() {
                    self.values.push(("what to do", advice.join("; then ").into()));
                }
                verdict
            }
        };
        self.values.push(("verdict", verdict.into()));
        Findings { values: self.values, is_healthy }
    }
}

/// The ways past a driver that ends every program which looks for adapters: each Vulkan driver alone, and the other
/// backends.
fn ways(drivers: &[String]) -> Vec<Vec<(&str, Option<&str>)>> {
    let asked = env::var("WGPU_BACKEND").unwrap_or_default();
    let wanted =
        |backend: &str| asked.is_empty() || asked.split(',').any(|name| name.trim() == backend);
    let vulkan = drivers.iter().filter(|_| wanted("vulkan")).map(|manifest| {
        let older = ("VK_ICD_FILENAMES", None);
        vec![("WGPU_BACKEND", Some("vulkan")), ("VK_DRIVER_FILES", Some(manifest.as_str())), older]
    });
    let others: &[&str] = if cfg!(windows) { &["dx12", "gl"] } else { &["gl"] };
    let others = others.iter().filter(|backend| wanted(backend));
    vulkan.chain(others.map(|backend| vec![("WGPU_BACKEND", Some(*backend))])).collect()
}

/// Variables as they are typed before a command.
fn shown(variables: &Variables<'_>) -> String {
    let set = variables.iter().filter_map(|(name, value)| Some(format!("{name}={}", (*value)?)));
    set.collect::<Vec<_>>().join(" ")
}

/// The error itself says what to do; about an end without one, this.
fn advice_on_library(trial: &Trial) -> Option<String> {
    let again = if env::var_os(wgpu_native_sys_dyn::LIBRARY_VARIABLE)
        .is_some_and(|path| !path.is_empty())
    {
        "unset WGPU_NATIVE_LIB to have another library searched for, or set it to the path of the engine library"
    } else {
        "run `cargo xtask setup --force` to fetch the engine library again"
    };
    match &trial.ending {
        Ending::Well | Ending::Problem(_) => None,
        Ending::NotStarted(_) => {
            Some("see that this user may start processes, and that memory is left".to_owned())
        }
        Ending::Late(_) => Some(format!(
            "it hangs, unless this machine is very slow, for which there is `--timeout`: {again}"
        )),
        Ending::Died(_) if trial.step == "unload" || trial.step == "end" => Some(format!(
            "programs end so when their work is done; nothing that they made is lost; {again}",
        )),
        Ending::Died(_) => Some(format!("the library is damaged, or not the engine: {again}")),
    }
}

/// `bad` are the variables that lead to drivers which end, or hold up, whoever looks for adapters.
fn advice_on_driver(trial: &Trial, tried: &[Tried], bad: &[String]) -> Option<String> {
    let well: Vec<&Tried> = tried.iter().filter(|tried| tried.is_well()).collect();
    let others = match well.first() {
        Some(other) => format!("until then programs work with {}: set {}", other.label, other.way),
        None => "no other adapter here is well; Mesa's software drivers need no GPU".to_owned(),
    };
    let what = match (&trial.ending, trial.step.as_str()) {
        (Ending::Well, _) => return None,
        // Without any adapter the error says it all.
        (Ending::Problem(_), "list" | "choose" | "instance") => return None,
        (Ending::Problem(_), _) => "the driver computes or draws wrongly",
        (Ending::NotStarted(_), _) => {
            "see that this user may start processes, and that memory is left"
        }
        (Ending::Late(_), _) => {
            "a driver hangs, unless this machine is very slow, for which there is `--timeout`"
        }
        (Ending::Died(_), "list" | "choose") => {
            "a driver ends every program that looks for adapters"
        }
        (Ending::Died(_), "instance" | "start") => {
            "loading the engine library or a driver ends the program"
        }
        (Ending::Died(_), "release" | "end") => "programs end so when their work is done",
        (Ending::Died(_), _) => "the driver ends programs that use it",
    };
    let which = match bad {
        [] => String::new(),
        bad => format!(" (it is the one of {})", bad.join(" and of ")),
    };
    Some(format!("{what}: update or remove the driver{which}; {others}"))
}

fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    let end = line.find(". ").into_iter().chain(line.find("; ")).min().unwrap_or(line.len());
    line[..end].trim_end_matches([':', '.'])
}
