//! The programs as an operator meets them: `upsdrvctl` and `dummy-ups`, in a folder of their own.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use protocol::power_down_flag;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const CONTROLLER: &str = env!("CARGO_BIN_EXE_upsdrvctl");
const DRIVER: &str = env!("CARGO_BIN_EXE_dummy-ups");
const USB_DRIVER: &str = env!("CARGO_BIN_EXE_usbhid-ups");

/// Root may run these tests, and the folder is only for who runs them.
const UPS_CONF: &str = "
user = root
retrydelay = 1
[tower]
driver = dummy-ups
port = tower.dev
[shelf]
driver = dummy-ups
port = missing.dev
";

/// A folder with a configuration; what was started in it is stopped with it.
struct Folder(TempDir);

impl Folder {
    fn new(ups_conf: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.write("ups.conf", ups_conf);
        folder.write("tower.dev", "ups.id: tower\nups.status: OL\n");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, contents: &str) {
        fs::write(self.path(name), contents).expect("a file");
    }

    #[expect(clippy::disallowed_methods, reason = "these tests are about programs")]
    fn run(&self, program: &str, arguments: &[&str]) -> Said {
        let mut command = Command::new(program);
        for name in ["NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"] {
            command.env(name, self.0.path());
        }
        command.env("NUT_QUIET_INIT_BANNER", "1").args(arguments);
        Said::from(&command.output().expect("a program that starts"))
    }

    /// What a program that runs on says until it says that the device is not here.
    #[expect(clippy::disallowed_methods, reason = "these tests are about programs")]
    fn first_words(&self, program: &str, arguments: &[&str], bus: Option<&Path>) -> String {
        let mut command = Command::new(program);
        for name in ["NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"] {
            command.env(name, self.0.path());
        }
        command.env_remove("RIDETHROUGH_USB_BUS").args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
        command.envs(bus.map(|bus| ("RIDETHROUGH_USB_BUS", bus)));
        let mut child = command.spawn().expect("a program that starts");
        let mut said = String::new();
        let errors = BufReader::new(child.stderr.take().expect("a pipe"));
        for line in errors.lines().map_while(Result::ok) {
            said += &format!("{line}\n");
            if line.contains("cannot be read yet") {
                break;
            }
        }
        child.kill().and_then(|()| child.wait()).expect("it ends");
        said
    }

    fn control(&self, arguments: &[&str]) -> Said {
        self.run(CONTROLLER, arguments)
    }

    /// `upsdrvctl status tower` once the driver has read its file: it answers a little earlier.
    fn status_with_data(&self) -> Said {
        let asked = (0..500).map(|_| self.control(&["status", "tower"]));
        let mut last = None;
        for said in asked {
            let has_data = row(&said).last().is_some_and(|status| status != "N/A");
            last = Some(said);
            if has_data {
                break;
            }
        }
        last.expect("an answer")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.path("dummy-ups-tower.pid").exists() {
            self.control(&["stop", "tower"]);
        }
    }
}

/// How a program ended, and what it said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<&Output> for Said {
    fn from(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// Columns of the row of `tower` in `upsdrvctl status`.
fn row(said: &Said) -> Vec<String> {
    let row = said.out.lines().find(|line| line.starts_with("tower\t")).expect("a row");
    row.split('\t').map(str::to_owned).collect()
}

#[test]
fn a_driver_starts_answers_and_stops() {
    let folder = Folder::new(UPS_CONF);
    let said = folder.control(&["start", "tower"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let mode = fs::metadata(folder.path("dummy-ups-tower")).expect("the driver socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let pid = fs::read_to_string(folder.path("dummy-ups-tower.pid")).expect("the PID file");
    let status = folder.status_with_data();
    assert_eq!(status.code, Some(0));
    assert_eq!(row(&status), ["tower", "dummy-ups", "RUNNING", pid.trim(), "RESPONSIVE", pid.trim(), "\"OL\""]);
    let said = folder.control(&["stop", "tower"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!folder.path("dummy-ups-tower").exists() && !folder.path("dummy-ups-tower.pid").exists());
    let status = folder.control(&["status", "tower"]);
    assert_eq!(status.code, Some(1));
    assert_eq!(row(&status), ["tower", "dummy-ups", "N/A", "N/A", "NOT_RESPONSIVE", "N/A", "N/A"]);
}

#[test]
fn one_driver_that_fails_does_not_keep_the_others_from_starting() {
    let folder = Folder::new(
        "[shelf]\ndriver = dummy-ups\nport = missing.dev\n[none]\ndriver = no-such-driver\nport = x\n\
         [tower]\ndriver = dummy-ups\nport = tower.dev\n",
    );
    let said = folder.control(&["start"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("missing.dev: No such file"), "{said:?}");
    assert!(said.err.contains("Driver failed to start: shelf (exit status: 1)"), "{said:?}");
    assert!(said.err.contains("no-such-driver: No such file"), "{said:?}");
    assert_eq!(folder.control(&["status", "tower"]).code, Some(0));
}

/// Two drivers must not hold one device.
#[test]
fn a_shutdown_that_takes_too_long_is_ended_before_it_is_tried_again() {
    let folder = Folder::new("");
    let here = folder.0.path().display().to_string();
    folder.write(
        "ups.conf",
        &format!(
            "driverpath = {here}\nmaxretry = 2\nretrydelay = 0\nmaxstartdelay = 1\n[tower]\ndriver = slow\nport = x\n"
        ),
    );
    folder.write(
        "slow",
        &format!(
            "#!/bin/sh\nfor pid in $(cat {here}/tries); do kill -0 $pid && echo $pid >> {here}/both; done\n\
             echo $$ >> {here}/tries\nexec sleep 5\n"
        ),
    );
    folder.write("tries", "");
    fs::set_permissions(folder.path("slow"), fs::Permissions::from_mode(0o755)).expect("a program");
    let said = folder.control(&["shutdown", "tower"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(fs::read_to_string(folder.path("tries")).expect("tries").lines().count(), 2, "{said:?}");
    assert!(!folder.path("both").exists(), "{said:?}");
}

#[test]
fn a_second_start_takes_the_place_of_the_first() {
    let folder = Folder::new(UPS_CONF);
    let pid = || fs::read_to_string(folder.path("dummy-ups-tower.pid")).expect("the PID file");
    assert_eq!(folder.control(&["start", "tower"]).code, Some(0));
    let first = pid();
    let said = folder.control(&["start", "tower"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("another instance"), "{said:?}");
    assert_ne!(pid(), first);
}

/// A driver that hangs must not keep its successor, or `-k`, from the device.
#[test]
fn a_second_start_takes_the_place_of_one_that_hangs() {
    let folder = Folder::new(UPS_CONF);
    let pid = || fs::read_to_string(folder.path("dummy-ups-tower.pid")).expect("the PID file");
    assert_eq!(folder.control(&["start", "tower"]).code, Some(0));
    let first = pid();
    let process = nix::unistd::Pid::from_raw(first.trim().parse().expect("a number"));
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGSTOP).expect("a process that hangs");
    let said = folder.run(DRIVER, &["-a", "tower"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("it does not end, killing it"), "{said:?}");
    assert_eq!(row(&folder.status_with_data())[2], "RUNNING");
    assert_ne!(pid(), first);
}

#[test]
fn a_running_driver_is_asked_through_its_socket() {
    let folder = Folder::new(UPS_CONF);
    assert_eq!(folder.control(&["start", "tower"]).code, Some(0));
    folder.write("ups.conf", &UPS_CONF.replace("port = tower.dev", "port = tower.dev\npollinterval = 9"));
    assert_eq!(folder.run(DRIVER, &["-a", "tower", "-c", "reload"]).code, Some(0));
    folder.write("ups.conf", &UPS_CONF.replace("port = tower.dev", "port = other.dev"));
    folder.write("other.dev", "");
    assert_eq!(folder.control(&["-c", "reload-or-error", "tower"]).code, Some(1), "another file needs a restart");
    assert_eq!(folder.control(&["-c", "exit", "tower"]).code, Some(0));
    assert_eq!(folder.control(&["-c", "reload", "tower"]).code, Some(1), "nobody is there");
    assert_eq!(folder.run(DRIVER, &["-a", "tower", "-c", "dance"]).code, Some(1));
}

#[test]
fn a_test_says_what_would_be_done_and_does_nothing() {
    let folder = Folder::new(UPS_CONF);
    let said = folder.control(&["-t", "shutdown"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.out, "*** Testing mode: not calling exec/kill\n");
    let exec: Vec<&str> = said.err.lines().filter_map(|line| line.strip_prefix("[D2] exec:  ")).collect();
    let expected = ["tower", "shelf"].map(|ups| format!("{DRIVER} -a {ups} -k -u root"));
    assert_eq!(exec, expected);
    assert!(!folder.path("dummy-ups-tower").exists());
}

/// The other UPS feeds another host, which stays up.
#[test]
fn a_ups_that_the_shutdown_leaves_alone_is_not_cut_unless_it_is_named() {
    let folder = Folder::new(UPS_CONF);
    let boot = daemon::boot::id().expect("Linux names its boots");
    folder.write("upsmon.conf", &format!("POWERDOWNFLAG \"{}\"\n", folder.path("killpower").display()));
    let cut = |words: &[&str], flag: Option<&[u8]>| {
        match flag {
            Some(flag) => fs::write(folder.path("killpower"), flag).expect("written"),
            None => drop(fs::remove_file(folder.path("killpower"))),
        }
        let said = folder.control(&[&["-t", "shutdown"], words].concat());
        assert_eq!(said.code, Some(0), "{said:?}");
        let exec = said.err.lines().filter(|line| line.starts_with("[D2] exec:")).map(str::to_owned);
        let cut: Vec<bool> = exec.map(|line| line.contains(" -a shelf ")).collect();
        (cut, said.err)
    };
    let list = |boot: &str, names: &[&str]| power_down_flag::contents(boot, names.iter().copied());
    let (all, one_but_shelf) = (vec![false, true], vec![false]);
    let (done, said) = cut(&[], Some(&list(&boot, &["shelf"])));
    assert_eq!(done, one_but_shelf, "{said}");
    assert!(said.contains("Not shutting down UPS shelf"), "{said}");
    assert_eq!(cut(&["shelf"], Some(&list(&boot, &["shelf"]))).0, [true], "who is named is cut");
    assert_eq!(cut(&[], Some(&list(&boot, &["tower", "shelf"]))).0, [false; 0]);
    // No list, that of an earlier boot, or one that nobody can read: all are cut.
    for flag in [None, Some(&list(&boot, &[])[..]), Some(&list("earlier", &["shelf"])), Some(b"not-cut shelf\n")] {
        assert_eq!(cut(&[], flag).0, all, "{flag:?}");
    }
}

#[test]
fn names_are_listed_and_unknown_ones_refused() {
    let folder = Folder::new(UPS_CONF);
    assert_eq!(folder.control(&["list"]).out, "tower\nshelf\n");
    assert_eq!(folder.control(&["-l", "shelf"]).out, "shelf\n");
    let said = folder.control(&["start", "towr"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("UPS towr not found in ups.conf") && said.err.contains("did you mean `tower`?"),
        "{said:?}"
    );
    assert_eq!(folder.control(&["dance"]).err, "error: unrecognized command [dance]\n");
    let said = folder.control(&["-c", "relaod", "tower"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("invalid value 'relaod'") && said.err.contains("reload-or-exit"), "{said:?}");
}

#[test]
fn a_typing_mistake_in_ups_conf_is_shown_with_its_place() {
    let folder = Folder::new("[tower]\ndriver = dummy-ups\nprot = tower.dev\n");
    for said in [folder.control(&["start"]), folder.run(DRIVER, &["-a", "tower"])] {
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains("ups.conf:3:1") && said.err.contains("did you mean `port`?"), "{said:?}");
    }
}

#[test]
fn a_dump_prints_what_upsc_would() {
    let folder = Folder::new(UPS_CONF);
    let said = folder.run(DRIVER, &["-a", "tower", "-d", "1"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("\nups.id: tower\nups.mfr: Dummy Manufacturer\n"), "{said:?}");
    let bare = folder.run(DRIVER, &["-s", "x", "-x", "port=tower.dev", "-x", "mode=dummy-loop", "-d", "1"]);
    assert!(bare.out.contains("\ndriver.parameter.mode: dummy-loop\n"), "{bare:?}");
}

#[test]
fn a_file_has_no_load_to_cut() {
    let folder = Folder::new(UPS_CONF);
    let said = folder.control(&["shutdown", "tower"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("shutdown not supported"), "{said:?}");
}

#[test]
fn a_driver_says_what_it_knows() {
    let folder = Folder::new(UPS_CONF);
    assert!(folder.run(DRIVER, &["-L"]).out.contains("\nVALUE mode \""));
    assert_eq!(folder.run(DRIVER, &["-V"]).code, Some(0));
    assert!(folder.run(DRIVER, &["-h"]).out.contains("-x mode=<value>"));
    assert_eq!(folder.run(DRIVER, &[]).code, Some(1));
    assert_eq!(folder.run(DRIVER, &["-Z"]).code, Some(1));
}

/// Slips of the kind that stood in real files, each in a section of its own behind a sound one.
const SLIPS: [&str; 10] = [
    "[b]\ndriver = recorder\nport = x\nserial =\n",
    "[b]\ndriver = recorder\nport = x\ndesc \"x\"\n",
    "[b]\ndriver = recorder\nport = x\n= x\n",
    "[b]\ndriver = recorder\nport = x\nsdorder = abc\n",
    "[b]\ndriver = recorder\nport = x\nmaxstartdelay = abc\n",
    "[a]\nretrydelay = 0\n[b]\ndriver = recorder\nport = x\n[B]\ndriver = recorder\nport = y\n",
    "[b]\ndriver = recorder\nport = x\n[c\ndriver = recorder\nport = z\n",
    "[b]\ndriver = recorder\nport = x\n[c]\ndriver = recorder\n",
    "[b]\ndriver = recorder\nport = x\n\"[my ups]\"\ndriver = recorder\nport = z\n",
    "[b]\ndriver = recorder\nport = x\ndesc = \"no end\n",
];

#[test]
fn a_slip_about_one_ups_leaves_no_load_on_and_no_other_without_its_driver() {
    for slip in SLIPS {
        let folder = Folder::new("");
        let here = folder.0.path().display().to_string();
        folder
            .write("ups.conf", &format!("driverpath = {here}\nuser = root\n[a]\ndriver = recorder\nport = x\n{slip}"));
        folder.write("recorder", &format!("#!/bin/sh\necho \"$@\" >> {here}/calls\n"));
        fs::set_permissions(folder.path("recorder"), fs::Permissions::from_mode(0o755)).expect("a program");
        let said = folder.control(&["shutdown"]);
        let calls = fs::read_to_string(folder.path("calls")).unwrap_or_default();
        assert!(calls.contains("-a a -k") && calls.contains("-a b -k"), "{slip}\n{calls}{said:?}");
        assert!(said.err.contains("ups.conf:"), "the slip is named: {said:?}");
    }
}

#[test]
fn a_slip_about_another_ups_keeps_no_driver_from_starting() {
    let folder = Folder::new(&format!("{UPS_CONF}[c]\ndriver = dummy-ups\nport = x\nserial =\n"));
    let said = folder.run(DRIVER, &["-a", "tower", "-d", "1"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("no value for `serial`"), "{said:?}");
    let own = Folder::new("user = root\n[tower]\ndriver = dummy-ups\nport = tower.dev\nserial =\n");
    assert_eq!(own.run(DRIVER, &["-a", "tower", "-d", "1"]).code, Some(1), "its own are still refused");
}

#[test]
fn a_slip_that_says_nothing_of_the_device_keeps_no_load_on() {
    let section = "user = root\n[tower]\ndriver = dummy-ups\nport = tower.dev\n";
    let slips = [
        ("pollinterval = 5s", false),
        ("desc =", false),
        ("port = ", false),
        // It takes in the line that says which device to take.
        ("desc = \"no end\nserial = 5", true),
    ];
    for (slip, is_fatal) in slips {
        let said = Folder::new(&format!("{section}{slip}\n")).run(DRIVER, &["-a", "tower", "-k"]);
        // A file has no load to cut: to hear that, the driver has to come so far.
        assert_eq!(!said.err.contains("shutdown not supported"), is_fatal, "{slip}: {said:?}");
        assert!(said.err.contains("ups.conf:5:"), "{slip}: {said:?}");
        assert_eq!(Folder::new(&format!("{section}{slip}\n")).run(DRIVER, &["-a", "tower", "-d", "1"]).code, Some(1));
    }
}

#[test]
fn a_driver_says_at_the_start_why_it_may_never_find_its_device() {
    let folder = Folder::new(
        "user = root\n[tower]\ndriver = usbhid-ups\nport = auto\nproduct = \"Back-UPS.*\"\nserial = \"\"\n[odd]\ndriver = usbhid-ups\nport = auto\nproduct = \"Back-UPS (RS\"\n",
    );
    fs::create_dir(folder.path("bus")).expect("a bus");
    let bus = folder.path("bus");
    let started = |bus: Option<&Path>| folder.first_words(USB_DRIVER, &["-a", "tower", "-F"], bus);
    let said = started(None);
    assert!(
        said.contains("there is no bus to look for the device on") && said.contains("RIDETHROUGH_USB_BUS"),
        "{said}"
    );
    assert!(started(Some(&folder.path("nowhere"))).contains("there is no bus at "), "a bus that is not there");
    let said = started(Some(&bus));
    assert!(!said.contains("no bus") && !said.contains("serial") && !said.contains("product"), "{said}");
    // Taken for anything, it would let `-k` cut the load of another.
    let odd = folder.run(USB_DRIVER, &["-a", "odd", "-k"]);
    assert!(
        odd.code == Some(1)
            && odd.err.contains("ups.conf:10:1")
            && odd.err.contains("`product` needs a regular expression"),
        "{odd:?}"
    );
}
