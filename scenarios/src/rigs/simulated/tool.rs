//! `upscmd` and `upsrw` on the simulated rig: what an operator asks of a server.
//!
//! They log in, ask once and go. `upsc` and their listing modes change nothing that anybody could
//! see, so they end at once.

use std::collections::VecDeque;
use std::convert::Infallible;

use protocol::lexer::LineReader;
use protocol::net::{PORT, Request};
use protocol::{Effect, Endpoint, Engine, Event, Instant, Level, LinkId};

use crate::rigs::configuration::{host_of, ups_of};

/// Its only connection.
const LINK: LinkId = LinkId::opened(0);

/// One tool, running.
#[derive(Debug)]
pub struct Tool {
    questions: Vec<u8>,
    /// Replies to come.
    expected: usize,
    replies: LineReader,
    failed: bool,
    outputs: VecDeque<Effect>,
}

/// What a command line asks for.
#[derive(Debug, Default)]
struct Asked {
    user: String,
    password: String,
    setting: Option<String>,
    rest: Vec<String>,
}

impl Tool {
    /// The tool that these words start.
    ///
    /// # Errors
    /// Words that it would not understand.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let program = words.first().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
        let asked = read(words.get(1..).unwrap_or_default())?;
        let mut questions = Vec::new();
        let system = asked.rest.first().map_or("", String::as_str);
        let ups = ups_of(system);
        let change = match (program, &asked.setting, asked.rest.get(1)) {
            ("upsrw", Some(setting), _) => {
                let (var, value) = setting.split_once('=').ok_or_else(|| format!("`{setting}` is no VAR=VALUE"))?;
                Some(Request::SetVar { ups, var, value })
            }
            ("upscmd", None, Some(cmd)) => {
                Some(Request::Instcmd { ups, cmd, param: asked.rest.get(2).map(String::as_str) })
            }
            _ => None,
        };
        let mut outputs = VecDeque::new();
        let mut expected = 0;
        if let Some(change) = change {
            for request in [Request::Username(&asked.user), Request::Password(&asked.password), change, Request::Logout]
            {
                request.emit(&mut questions);
                expected += 1;
            }
            outputs.push_back(Effect::Open {
                link: LINK,
                to: Endpoint::Tcp { host: host_of(system).to_owned(), port: PORT },
            });
        } else {
            outputs.push_back(Effect::Exit { code: 0 });
        }
        Ok(Self { questions, expected, replies: LineReader::new(), failed: false, outputs })
    }

    fn take_replies(&mut self, mut bytes: &[u8]) {
        while let Some(line) = self.replies.next_line(&mut bytes) {
            self.expected = self.expected.saturating_sub(1);
            if line.get(0) == Some("ERR") {
                self.failed = true;
                let text = format!("refused: {}", line.rest(1));
                self.outputs.push_back(Effect::Say { level: Level::Error, text });
            }
        }
        if self.expected == 0 {
            self.leave();
        }
    }

    fn leave(&mut self) {
        self.outputs.push_back(Effect::Exit { code: u8::from(self.failed) });
    }
}

fn read(words: &[String]) -> Result<Asked, String> {
    let mut asked = Asked::default();
    let mut words = words.iter().cloned();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "-u" => asked.user = value()?,
            "-p" => asked.password = value()?,
            "-s" => asked.setting = Some(value()?),
            "-t" => drop(value()?),
            "-w" | "-l" => {}
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => asked.rest.push(word),
        }
    }
    Ok(asked)
}

impl Engine for Tool {
    type Input = Event<Infallible>;
    type Output = Effect;

    fn handle(&mut self, event: Self::Input, _now: Instant) {
        match event {
            Event::Opened { .. } => {
                let bytes = std::mem::take(&mut self.questions);
                self.outputs.push_back(Effect::Send { link: LINK, bytes });
            }
            Event::Received { bytes, .. } => self.take_replies(&bytes),
            Event::OpenFailed { error, .. } | Event::Closed { error, .. } => {
                self.failed = true;
                self.outputs.push_back(Effect::Say { level: Level::Error, text: format!("connection: {error}") });
                self.leave();
            }
            Event::Signal(_) => self.leave(),
            _ => {}
        }
    }

    fn handle_timeout(&mut self, _now: Instant) {}

    fn poll_output(&mut self) -> Option<Effect> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        None
    }
}
