//! Starts the daemon: configuration, privileges, then the engine in its shell.

use super::privileged::{self, Plan};
use super::{Arguments, NAME, order};
use crate::power_down_flag::Flag;
use crate::{Config, Upsmon, kept};
use daemon::errands::Errands;
use daemon::{Options, Reloaded};
use nix::unistd::{Uid, User};
use protocol::diagnostic::Severity;
use protocol::{Instant, Level};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Whom to become where nothing else is said: distributions' user for NUT, then the user of nothing.
const USERS: [&str; 2] = ["nut", "nobody"];

/// Who stays root.
const ROOT: &str = "root";

/// Reads the configuration and hosts the engine.
pub(super) fn start(arguments: &Arguments) -> ExitCode {
    let file = arguments.file();
    let debug = u32::from(arguments.daemon.debug);
    let mut config = match read(&file, debug) {
        Ok(config) => config,
        Err(message) => {
            say(&message);
            say(&format!("{NAME}: fatal error: unusable configuration"));
            return ExitCode::FAILURE;
        }
    };
    disown_foreign_flag(&mut config);
    let boot = arguments.knows_its_tools().then(daemon::boot::id).flatten();
    config.listing = boot.as_deref().map(|boot| config.listing_in(boot));
    let mut options = Options::new(NAME);
    options.pid_file = Some(order::pid_path());
    arguments.daemon.apply(&mut options);
    // A monitor that is gone protects nobody.
    options.outlives_panics = true;
    options.keeps_reserve = true;
    let mut split = None;
    match user(arguments, &config) {
        Ok(Some(user)) => match keep_privileges(&config, options.background) {
            Ok((plan, errands)) => {
                split = Some(plan);
                options.errands = Some(errands);
                options.user = Some(user);
            }
            Err(error) => {
                say(&format!("{NAME}: start the privileged process: {error}"));
                return ExitCode::FAILURE;
            }
        },
        Ok(None) => {}
        Err(warning) => {
            options.user = Some(ROOT.to_owned());
            say(&format!("{NAME}: {warning}"));
        }
    }
    let run_as_user = config.run_as_user.clone();
    options.reload = Some(Arc::new(move || {
        let mut reloaded = reload(&file, debug, boot.as_deref(), split.as_ref());
        if reloaded.config.as_ref().is_some_and(|config| config.run_as_user != run_as_user) {
            let message = "RUN_AS_USER has changed: restart upsmon for this change to work";
            reloaded.messages.push((Level::Warning, message.to_owned()));
        }
        reloaded
    }));
    daemon::run(Upsmon::new(config, Instant::START), options)
}

/// On the terminal. Nobody may be there to read it, which is no reason not to start.
fn say(what: &str) {
    drop(writeln!(std::io::stderr(), "{what}"));
}

/// Whom to become; `None` to stay who we are, an error to say so.
fn user(arguments: &Arguments, config: &Config) -> Result<Option<String>, &'static str> {
    if !Uid::effective().is_root() {
        return Err("not root, shutdown may fail");
    }
    if arguments.keep_privileges {
        return Err("running as one big root process by request (upsmon -p)");
    }
    let exists = |name: &&str| User::from_name(name).is_ok_and(|user| user.is_some());
    let asked = arguments.daemon.user.as_ref().or(config.run_as_user.as_ref()).cloned();
    Ok(asked.or_else(|| USERS.into_iter().find(exists).map(str::to_owned)))
}

fn keep_privileges(config: &Config, in_background: bool) -> std::io::Result<(Plan, Errands)> {
    let plan = Plan {
        power_down_flag: config.power_down_flag.clone().unwrap_or_default(),
        shutdown_command: config.shutdown_command.clone().unwrap_or_default(),
        listing: config.listing.clone(),
    };
    let errands = privileged::start(plan.clone(), in_background)?;
    Ok((plan, errands))
}

/// A file that is not ours is neither removed nor overwritten.
fn disown_foreign_flag(config: &mut Config) {
    let is_foreign = |path: &String| Flag::at(Path::new(path)) == Flag::Foreign;
    if let Some(path) = config.power_down_flag.take_if(|path| is_foreign(path)) {
        say(&format!("{NAME}: POWERDOWNFLAG ({path}) does not contain the upsmon magic string - disabling!"));
    }
}

/// The configuration, its warnings on the terminal; or what is wrong with it.
fn read(file: &PathBuf, debug: u32) -> Result<Config, String> {
    let text = std::fs::read(file).map_err(|error| format!("{NAME}: can't open {}: {error}", file.display()))?;
    let (mut config, mut warnings) =
        Config::load_from(text, &file.to_string_lossy()).map_err(|errors| errors.to_string())?;
    config.debug_min = config.debug_min.max(debug);
    warnings.extend(daemon::secrecy::check(file, NAME));
    config.kept = Some(kept_path());
    if !warnings.is_empty() {
        say(&warnings.to_string());
    }
    Ok(config)
}

fn kept_path() -> String {
    daemon::paths::kept().join(kept::NAME).to_string_lossy().into_owned()
}

fn reload(file: &PathBuf, debug: u32, boot: Option<&str>, split: Option<&Plan>) -> Reloaded<Config> {
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("reload failed: can't open {}: {error}", file.display());
            return Reloaded { config: None, messages: vec![(Level::Error, message)] };
        }
    };
    match Config::load_from(text, &file.to_string_lossy()) {
        Ok((mut config, warnings)) => {
            config.debug_min = config.debug_min.max(debug);
            config.kept = Some(kept_path());
            config.listing = boot.map(|boot| config.listing_in(boot));
            let mut messages: Vec<_> = warnings.iter().map(|one| (Level::Warning, one.one_line())).collect();
            messages.extend(split.and_then(|plan| keep_plan(&mut config, plan)));
            Reloaded { config: Some(config), messages }
        }
        Err(errors) => {
            let level = |severity| if severity == Severity::Error { Level::Error } else { Level::Warning };
            let messages = errors.iter().map(|one| (level(one.severity), one.one_line())).collect();
            Reloaded { config: None, messages }
        }
    }
}

/// What the privileged process was told at the start holds until upsmon is started anew.
fn keep_plan(config: &mut Config, plan: &Plan) -> Option<(Level, String)> {
    let planned = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let command = planned(&plan.shutdown_command);
    let flag = planned(&plan.power_down_flag);
    let differs = config.shutdown_command != command || config.power_down_flag != flag;
    (config.shutdown_command, config.power_down_flag) = (command, flag);
    // Who was not known then is shut down with this host, until upsmon is started anew.
    config.listing.clone_from(&plan.listing);
    let message = "SHUTDOWNCMD or POWERDOWNFLAG has changed: restart upsmon for this change to work";
    differs.then(|| (Level::Warning, message.to_owned()))
}
