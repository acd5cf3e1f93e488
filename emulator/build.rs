//! Embeds every device file and every descriptor beside it, so that adding a device touches no Rust.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?).join("devices");
    let mut out = String::new();
    embed(&mut out, "DEVICES", "Device files by name.", &root, "yaml")?;
    embed(&mut out, "DESCRIPTORS", "Report descriptors by name.", &root.join("descriptors"), "hex")?;
    let target = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(target.join("embedded.rs"), out)
}

/// One table of (file name without its ending, content), sorted by name.
fn embed(out: &mut String, table: &str, what: &str, folder: &Path, ending: &str) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.sort();
    let written = (|| {
        writeln!(out, "/// {what}\npub static {table}: &[(&str, &str)] = &[")?;
        for file in files {
            println!("cargo::rerun-if-changed={}", file.display());
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            writeln!(out, "    ({name:?}, include_str!({:?})),", file.display().to_string())?;
        }
        writeln!(out, "];")
    })();
    written.map_err(|_: std::fmt::Error| io::ErrorKind::Other.into())
}
