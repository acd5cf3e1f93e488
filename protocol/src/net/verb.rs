//! The first word of a request.

macro_rules! verbs {
    ($($(#[doc = $doc:literal])+ $Verb:ident = $word:literal,)*) => {
        /// The first word of a request, in any case of letters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Verb {
            $($(#[doc = $doc])+ $Verb,)*
        }

        impl Verb {
            /// Every verb.
            pub const ALL: &[Self] = &[$(Self::$Verb),*];

            /// The verb's word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$Verb => $word,)*
                }
            }
        }
    };
}

verbs! {
    /// Reads one thing.
    Get = "GET",
    /// Reads many.
    List = "LIST",
    /// Asks to be told of changes; ours.
    Watch = "WATCH",
    /// Says who asks.
    Username = "USERNAME",
    /// Proves it.
    Password = "PASSWORD",
    /// Says that a computer hangs on the UPS.
    Login = "LOGIN",
    /// As LOGIN (RFC 9271).
    Attach = "ATTACH",
    /// Ends the connection.
    Logout = "LOGOUT",
    /// As LOGOUT (RFC 9271).
    Detach = "DETACH",
    /// Claims the right to shut the UPS down.
    Primary = "PRIMARY",
    /// Old word for PRIMARY.
    Master = "MASTER",
    /// Begins a forced shutdown.
    Fsd = "FSD",
    /// Changes a variable.
    Set = "SET",
    /// Has the UPS do something.
    Instcmd = "INSTCMD",
    /// Turns TLS on.
    StartTls = "STARTTLS",
    /// The server's version.
    Ver = "VER",
    /// The protocol's version.
    NetVer = "NETVER",
    /// As NETVER.
    ProtVer = "PROTVER",
    /// The list of verbs.
    Help = "HELP",
}

impl Verb {
    /// The verb of a request's first word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.word().eq_ignore_ascii_case(word))
    }

    /// Whether the server takes it only after USERNAME and PASSWORD. That is asked before the
    /// arguments are looked at.
    #[must_use]
    pub const fn needs_user(self) -> bool {
        matches!(
            self,
            Self::Login | Self::Attach | Self::Primary | Self::Master | Self::Fsd | Self::Set | Self::Instcmd
        )
    }
}
