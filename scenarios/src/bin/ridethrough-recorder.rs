//! `ridethrough-recorder`: stands in the place of a monitor's commands on the processes rig.

fn main() -> std::process::ExitCode {
    scenarios::rigs::processes::recorder::main()
}
