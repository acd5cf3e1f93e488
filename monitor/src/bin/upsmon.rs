//! `upsmon`: see the `monitor` crate.

fn main() -> std::process::ExitCode {
    monitor::cli::run()
}
