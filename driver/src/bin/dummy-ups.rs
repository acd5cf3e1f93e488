//! `dummy-ups`: the driver whose UPS is a file.

use driver::start;

fn main() -> std::process::ExitCode {
    start::run(&start::DUMMY_UPS)
}
