//! A row of a vendor's table: one thing that a usage path says about a UPS, or that can be asked
//! of it through that path.
//!
//! Rows are read in order. Of the rows that name one variable, the first whose path exists and
//! that gives a value wins; rows that speak of the status all count.

use super::conversion::Conversion;
use super::flag::Rule;
use super::options::Delay;

/// How often a row's report is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// Each `pollinterval`.
    Quick,
    /// Each `pollinterval` while it runs down, each `pollfreq` while it stands still.
    Countdown,
    /// Each `pollfreq`.
    Full,
    /// After attachment and after it was set.
    SemiStatic,
    /// After attachment.
    Static,
}

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// A variable read from the device.
    Variable(&'static str, Conversion),
    /// A part of `ups.status` or of `ups.alarm`.
    Status(Rule),
    /// A text of `ups.alarm` while the value is 1.
    Alarm(&'static str),
    /// A delay that the driver keeps for its commands, offered where the path exists.
    Delay(&'static str, Delay),
    /// A text that the driver keeps, offered where the path exists.
    Label(&'static str, &'static str),
    /// An instant command: the value it writes.
    Command(&'static str, Written),
    /// Tells which model this is.
    Identity(Part),
}

/// A part of what tells a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The index of the product's string.
    Product,
    /// The index of the string that completes it.
    Model,
    /// The rated apparent power.
    Rating,
    /// The country code.
    Country,
}

/// What an instant command writes unless its parameter says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// This.
    Value(i64),
    /// The driver's delay.
    Delay(Delay),
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it is about.
    pub what: What,
    /// Where the device keeps it.
    pub path: &'static str,
    /// How often it is read.
    pub poll: Poll,
    /// Whether `SET VAR` may write it, and the longest value that it takes (0 for a choice).
    pub writable: Option<i32>,
}

impl Row {
    const fn new(what: What, path: &'static str) -> Self {
        Self { what, path, poll: Poll::Full, writable: None }
    }

    /// Read each `pollinterval`.
    pub const fn quick(mut self) -> Self {
        self.poll = Poll::Quick;
        self
    }

    /// Read each `pollinterval` while it runs down.
    pub const fn countdown(mut self) -> Self {
        self.poll = Poll::Countdown;
        self
    }

    /// Read once.
    pub const fn fixed(mut self) -> Self {
        self.poll = Poll::Static;
        self
    }

    /// Read once, and again after it was set.
    pub const fn semi_static(mut self) -> Self {
        self.poll = Poll::SemiStatic;
        self
    }

    /// `SET VAR` may write up to ten characters.
    pub const fn writable(mut self) -> Self {
        self.writable = Some(10);
        self
    }

    /// `SET VAR` may write that many characters.
    pub const fn up_to(mut self, longest: i32) -> Self {
        self.writable = Some(longest);
        self
    }

    /// `SET VAR` may write one of the conversion's words.
    pub const fn choice(mut self) -> Self {
        self.writable = Some(0);
        self
    }

    /// The variable that it publishes.
    pub const fn variable(&self) -> Option<&'static str> {
        match self.what {
            What::Variable(name, _) | What::Delay(name, _) | What::Label(name, _) => Some(name),
            What::Status(_) | What::Alarm(_) | What::Command(..) | What::Identity(_) => None,
        }
    }
}

/// A number with so many decimals.
pub const fn number(variable: &'static str, path: &'static str, decimals: u8) -> Row {
    Row::new(What::Variable(variable, Conversion::Decimals(decimals)), path)
}

/// A value with a conversion of its own.
pub const fn value(variable: &'static str, path: &'static str, conversion: Conversion) -> Row {
    Row::new(What::Variable(variable, conversion), path)
}

/// A part of the status.
pub const fn status(path: &'static str, rule: Rule) -> Row {
    Row::new(What::Status(rule), path)
}

/// An alarm's text.
pub const fn alarm(path: &'static str, text: &'static str) -> Row {
    Row::new(What::Alarm(text), path)
}

/// A delay of the driver's own.
pub const fn delay(variable: &'static str, path: &'static str, delay: Delay) -> Row {
    Row::new(What::Delay(variable, delay), path).writable()
}

/// A text of the driver's own.
pub const fn label(variable: &'static str, path: &'static str, text: &'static str) -> Row {
    let mut row = Row::new(What::Label(variable, text), path);
    row.writable = Some(20);
    row
}

/// A part of what tells a model.
pub const fn identity(path: &'static str, part: Part) -> Row {
    Row::new(What::Identity(part), path).fixed()
}

/// An instant command that writes a fixed value.
pub const fn command(name: &'static str, path: &'static str, value: i64) -> Row {
    Row::new(What::Command(name, Written::Value(value)), path)
}

/// An instant command that writes one of the driver's delays.
pub const fn command_after(name: &'static str, path: &'static str, delay: Delay) -> Row {
    Row::new(What::Command(name, Written::Delay(delay)), path)
}
