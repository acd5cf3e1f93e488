//! What can be written on the command line: the one declaration of it.

use super::programs::Program;
use crate::language::Makers;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

const EXAMPLES: &str = "\
Examples:
  ridethrough run scenarios/qnap-home-lab.yaml      an outage, simulated in milliseconds
  ridethrough check my-rack.yaml                    are the file and its NUT files right?
  ridethrough list                                  what is there to run";
const RUN_EXAMPLES: &str = "\
Examples:
  ridethrough run scenarios/qnap-home-lab.yaml
  ridethrough run --summary scenarios/*.yaml
  ridethrough run --report html=outage.html --report junit=outage.xml my-rack.yaml
  ridethrough run --rig processes --speed 10 my-rack.yaml
  ridethrough run --rig processes --speed 10 --stack monitor=nut my-rack.yaml
  ridethrough run --wires my-rack.yaml

Exit code: 0 when every expectation and invariant holds, 1 when one does not, 2 when a file or the
command line is wrong, or nothing could run here, 3 when a run says nothing because this machine held
the processes rig up, three times in a row.";
const JUDGE_EXAMPLES: &str = "\
Examples:
  ridethrough run --report json=outage.jsonl my-rack.yaml
  ridethrough judge outage.jsonl --scenario my-rack.yaml
  ridethrough judge outage.jsonl --report html=outage.html
  ridethrough judge outage.jsonl --json | jq .passed";
const CHECK_EXAMPLES: &str = "\
Examples:
  ridethrough check my-rack.yaml
  ridethrough check scenarios/*.yaml
  ridethrough check --json my-rack.yaml | jq '.diagnostics[] | {path, line, message}'";
const LIST_EXAMPLES: &str = "\
Examples:
  ridethrough list
  ridethrough list my-scenarios --json";
const SCHEMA_EXAMPLES: &str = "\
Examples:
  ridethrough schema > scenario.schema.json
Then, as the first line of a scenario:
  # yaml-language-server: $schema=scenario.schema.json";
const MAN_EXAMPLES: &str = "\
Examples:
  ridethrough man | man -l -
  ridethrough man upsd > /usr/local/share/man/man8/upsd.8";
const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  ridethrough completions bash > ~/.local/share/bash-completion/completions/ridethrough
  ridethrough completions bash upsc > ~/.local/share/bash-completion/completions/upsc
  ridethrough completions zsh > ~/.zfunc/_ridethrough";

/// Keeps computers safe through power cuts, and proves it: runs scripted outages against a UPS stack.
#[derive(Debug, Parser)]
#[command(name = "ridethrough", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What `ridethrough` can do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run scenarios and judge them
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunOptions),
    /// Judge the journal of an earlier run again
    #[command(after_help = JUDGE_EXAMPLES)]
    Judge(JudgeOptions),
    /// Say whether scenario files, and the configurations they use, are right
    #[command(after_help = CHECK_EXAMPLES)]
    Check {
        /// Scenario files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print what was found as JSON Lines, an object for each file
        #[arg(long)]
        json: bool,
    },
    /// List the scenarios of a directory
    #[command(after_help = LIST_EXAMPLES)]
    List {
        /// The directory
        #[arg(default_value = "scenarios", value_name = "DIR")]
        directory: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of scenario files, for editors
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Print the manual page of this program, or of another one
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// The program
        #[arg(value_enum, default_value_t = Program::Ridethrough)]
        program: Program,
    },
    /// Print a shell's completions for this program, or for another one
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
        /// The program
        #[arg(value_enum, default_value_t = Program::Ridethrough)]
        program: Program,
    },
}

/// How to run scenarios.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// Scenario files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where they run
    #[arg(long, value_enum, default_value_t = Rig::Simulated)]
    pub rig: Rig,
    /// Whose daemons: ours, nut, or driver=…,server=…,monitor=… with either
    #[arg(long, default_value = "ours", value_name = "STACK")]
    pub stack: Makers,
    /// How many times faster than real time the clocks run (processes)
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub speed: u32,
    /// What every chance is drawn from, in place of the scenario's own seed
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print every line and transfer of every wire
    #[arg(long)]
    pub wires: bool,
    /// Write a report: junit=FILE, json=FILE or html=FILE
    #[arg(long, value_name = "KIND=FILE")]
    pub report: Vec<ReportTo>,
    /// Print the journal and the verdicts as JSON Lines, in place of the timeline
    #[arg(long)]
    pub json: bool,
    /// One line for each scenario, and a summary
    #[arg(long, conflicts_with = "json")]
    pub summary: bool,
    /// Print only what failed
    #[arg(short, long, conflicts_with_all = ["json", "summary"])]
    pub quiet: bool,
}

/// How to judge a journal again.
#[derive(Debug, Args)]
pub struct JudgeOptions {
    /// A journal, as written by `run --report json=FILE`
    #[arg(value_name = "JOURNAL")]
    pub journal: PathBuf,
    /// The scenario whose expectations are judged; without it, only the invariants are
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Write a report: junit=FILE, json=FILE or html=FILE
    #[arg(long, value_name = "KIND=FILE")]
    pub report: Vec<ReportTo>,
    /// Print the verdicts as JSON, in place of the timeline
    #[arg(long)]
    pub json: bool,
}

/// A rig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rig {
    /// The engines, on a clock that jumps
    Simulated,
    /// The daemons, in real time
    Processes,
}

/// A report, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTo {
    /// What kind.
    pub kind: ReportKind,
    /// The file.
    pub file: PathBuf,
}

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// JUnit XML.
    Junit,
    /// The journal and the verdicts, as JSON Lines.
    Json,
    /// One page.
    Html,
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, file) = text.split_once('=').ok_or("say a kind and a file, like html=outage.html")?;
        let kind = match kind {
            "junit" => ReportKind::Junit,
            "json" => ReportKind::Json,
            "html" => ReportKind::Html,
            other => return Err(format!("there is no report `{other}`: junit, json and html are")),
        };
        if file.is_empty() {
            return Err("the file has no name".to_owned());
        }
        Ok(Self { kind, file: PathBuf::from(file) })
    }
}
