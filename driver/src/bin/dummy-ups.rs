//! `dummy-ups`: the driver whose UPS is a file.

use driver::dummy::{self, DummyUps};
use driver::start::{self, Program};
use std::process::ExitCode;

fn main() -> ExitCode {
    start::run(&Program {
        name: "dummy-ups",
        about: "a UPS that is a file",
        version: dummy::VERSION,
        params: &dummy::PARAMS,
        check: start::check_definition_file,
        engine: DummyUps::new,
        publisher: DummyUps::publisher,
    })
}
