//! `upsc`: see the `client` crate.

fn main() -> std::process::ExitCode {
    client::upsc()
}
