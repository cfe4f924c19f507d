//! Pictures of a terminal: what a program says, in its colors.

use std::{fs, path::Path, process::Command};

use anstyle_svg::{Term, WIN10_CONSOLE};
use anyhow::{Context, Result, bail, ensure};

use crate::browser;

/// What `botmeter` says in a terminal, below the line that is typed; it is run
/// in this folder with more arguments, as there is no terminal.
pub(super) fn text(program: &Path, typed: &str, more: &[&str], folder: &Path) -> Result<String> {
    let line = format!("botmeter {typed}");
    let output = Command::new(program)
        .arg(typed)
        .args(more)
        .current_dir(folder)
        .env("CLICOLOR_FORCE", "1")
        .env_remove("NO_COLOR")
        .output()
        .with_context(|| format!("failed to run {line}"))?;
    let said =
        String::from_utf8(output.stdout).with_context(|| format!("failed to read {line}"))?;
    ensure!(output.status.success(), "{line} has something else to say:\n{said}");
    Ok(format!("$ {line}\n{said}"))
}

/// Draws such a text, with a file in this folder that nobody needs later.
pub(super) fn draw(with: &Path, text: &str, work: &Path, to: &Path) -> Result<()> {
    // It has the size that the text needs, and a gray that can be read.
    let drawing = in_cells(&Term::new().palette(WIN10_CONSOLE).render_svg(text.trim_end()));
    let (width, height) = size(&drawing)?;
    let file = work.join("terminal.svg");
    fs::write(&file, &drawing).with_context(|| format!("failed to write {}", file.display()))?;
    // Letters of twice as many points are sharp on any screen.
    let size = format!("--window-size={width},{height}");
    let options = [&size, "--force-device-scale-factor=2"];
    browser::draw(with, &format!("file://{}", file.display()), &options, to).map(drop)
}

/// Gives dots of Braille the width of a cell: they come from another font, in
/// which they are wider.
fn in_cells(drawing: &str) -> String {
    const CELL: f64 = 8.428;

    let is_dots = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
    let mut fixed = String::with_capacity(drawing.len());
    let mut rest = drawing;
    while let Some(start) = rest.find(is_dots) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_dots(c)).unwrap_or(from.len());
        let (dots, after) = from.split_at(end);
        let width = CELL * dots.chars().count() as f64;
        let length = format!("textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\"");
        fixed.extend([before, "<tspan ", &length, ">", dots, "</tspan>"]);
        rest = after;
    }
    fixed + rest
}

/// Its width and height in pixels.
fn size(drawing: &str) -> Result<(u32, u32)> {
    let attribute = |key: &str| {
        let (_, rest) = drawing.split_once(&format!("{key}=\""))?;
        rest.split_once("px\"")?.0.parse().ok()
    };
    match (attribute("width"), attribute("height")) {
        (Some(width), Some(height)) => Ok((width, height)),
        _ => bail!("a drawing has no size: {}", drawing.lines().next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::{Server, needed};

    #[test]
    fn dots_are_as_wide_as_letters() {
        assert_eq!(
            in_cells("<tspan>a\u{2801}\u{28ff} b</tspan>"),
            "<tspan>a<tspan textLength=\"16.9\" lengthAdjust=\"spacingAndGlyphs\">\u{2801}\u{28ff}\
             </tspan> b</tspan>"
        );
    }

    #[test]
    #[ignore = "needs Chromium"]
    fn a_colored_text_becomes_a_picture_of_its_size() {
        let browser = needed(Server::Chromium).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let height = |text: &str| {
            let to = folder.path().join("picture.png");
            draw(&browser, text, folder.path(), &to).unwrap();
            let picture = fs::read(to).unwrap();
            assert!(picture.starts_with(b"\x89PNG"));
            // Of the first part, which is its head.
            u32::from_be_bytes(picture[20..24].try_into().unwrap())
        };
        let line = "\u{1b}[32mok\u{1b}[0m       page <i>";
        assert!(height(&format!("{line}\n{line}\n{line}\n{line}")) > height(line));
        let drawing = fs::read_to_string(folder.path().join("terminal.svg")).unwrap();
        assert!(drawing.contains("page &lt;i&gt;") && drawing.contains("fg-green"), "{drawing}");
    }
}
