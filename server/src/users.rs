//! Who may do what: the sections of `upsd.users`.

use std::hash::{DefaultHasher, Hash, Hasher};

use protocol::lexer::on_the_wire;
use protocol::names::same;

use crate::audit;

/// What a user may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// LOGIN: be counted as a computer that hangs on the UPS.
    Login,
    /// PRIMARY: be the one that shuts the UPS down.
    Primary,
    /// FSD: begin a forced shutdown.
    Fsd,
    /// SET VAR: change a variable.
    Set,
}

impl Action {
    /// Every action with its words in `actions =`.
    pub const WORDS: &[(Self, &'static str)] = &[
        (Self::Set, "SET"),
        (Self::Fsd, "FSD"),
        (Self::Login, "LOGIN"),
        (Self::Primary, "PRIMARY"),
        (Self::Primary, "MASTER"),
    ];

    /// The action of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| same(known, word)).map(|(action, _)| *action)
    }
}

/// The commands that a user may have the UPS do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commands {
    /// `ALL`
    All,
    /// These.
    Some(Vec<String>),
}

/// One user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The name, compared exactly.
    pub name: String,
    /// The password, compared exactly.
    pub password: String,
    /// What the user may do.
    pub actions: Vec<Action>,
    /// The commands the user may have done.
    pub commands: Commands,
}

/// Everything but the password, which belongs in no log.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, actions, commands, .. } = self;
        f.debug_struct("User").field("name", name).field("actions", actions).field("commands", commands).finish()
    }
}

/// What a session has said about who it is.
#[derive(Clone, Default)]
pub struct Credentials {
    /// USERNAME
    pub name: Option<Box<str>>,
    /// PASSWORD
    pub password: Option<Box<str>>,
}

impl Credentials {
    /// The same for the same name and password, and hardly ever for others.
    pub(crate) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.name, &self.password).hash(&mut hasher);
        hasher.finish()
    }

    /// Who the session says it is, for the log.
    pub(crate) fn shown_name(&self) -> String {
        self.name.as_deref().map_or_else(|| "somebody".to_owned(), audit::name)
    }
}

/// The user that the credentials prove: names and passwords count as far as a wire carries them, so that a
/// client that cuts them, as NUT's does, and one that does not are both let in.
#[must_use]
pub fn authenticate<'a>(users: &'a [User], credentials: &Credentials) -> Option<&'a User> {
    let (name, password) = (credentials.name.as_deref()?, credentials.password.as_deref()?);
    let user = users.iter().find(|user| on_the_wire(&user.name) == name)?;
    is_equal(on_the_wire(&user.password).as_bytes(), password.as_bytes()).then_some(user)
}

impl User {
    /// Whether the user may do this.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }

    /// Whether the user may have the UPS do this.
    #[must_use]
    pub fn may_command(&self, command: &str) -> bool {
        match &self.commands {
            Commands::All => true,
            Commands::Some(commands) => commands.iter().any(|known| same(known, command)),
        }
    }
}

/// Compares in a time that says nothing of where the two differ.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
