//! Whether there are colors.

use std::{env, io::IsTerminal};

/// Whether colors are wanted in what is written here, as <https://no-color.org>
/// and <https://bixense.com/clicolors> have it.
pub(crate) fn is_colored(out: &impl IsTerminal) -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && (is_set("CLICOLOR_FORCE") || out.is_terminal())
}
