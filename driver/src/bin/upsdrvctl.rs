//! `upsdrvctl`: starts, stops and asks the drivers of `ups.conf`.

use std::process::ExitCode;

fn main() -> ExitCode {
    driver::upsdrvctl::run()
}
