//! The texts that a scenario was read from: its file and what it includes.

use super::mistake::At;
use super::scenario::Spot;
use std::path::{Path, PathBuf};

/// A file's path, as it was named, and its text.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// The path.
    pub path: PathBuf,
    /// The text.
    pub text: String,
}

/// All texts of one scenario, in the order of reading.
#[derive(Debug, Clone, Default)]
pub struct Texts(Vec<Text>);

impl Texts {
    /// Adds a text; its number is what an [`At`] carries.
    pub fn add(&mut self, path: PathBuf, text: String) -> usize {
        self.0.push(Text { path, text });
        self.0.len() - 1
    }

    /// The text of this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Text> {
        self.0.get(number)
    }

    /// All of them, in the order of reading.
    pub fn iter(&self) -> std::slice::Iter<'_, Text> {
        self.0.iter()
    }

    /// The directory of the file that `at` lies in.
    #[must_use]
    pub fn directory(&self, at: At) -> &Path {
        self.get(at.text).and_then(|text| text.path.parent()).unwrap_or_else(|| Path::new(""))
    }

    /// Line and column of a place.
    #[must_use]
    pub fn spot(&self, at: At) -> Spot {
        let Some(text) = self.get(at.text) else { return Spot::default() };
        let before = &text.text[..text.text.floor_char_boundary(at.start)];
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Spot { path: text.path.clone(), line, column }
    }
}
