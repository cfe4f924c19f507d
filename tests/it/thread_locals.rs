//! Guards of every domain that lie in a thread-local and end with their thread,
//! or only begin then: other thread-locals may be gone by that time, and a
//! panic in such a destructor is the end of the process.

use std::process::Command;

use anyhow::{Result, ensure};

#[test]
fn a_guard_in_a_thread_local_ends_with_its_thread_and_is_counted() -> Result<()> {
    for thread in ["ends", "panics", "main"] {
        for listener in ["nobody", "subscriber"] {
            for telemetry in ["lives", "shutdown"] {
                let scenario = [thread, listener, telemetry];
                let output = Command::new(env!("CARGO_BIN_EXE_thread-locals"))
                    .args(scenario)
                    .env_remove("RUST_LOG")
                    .output()?;
                let said = String::from_utf8_lossy(&output.stderr);
                ensure!(output.status.success(), "{scenario:?}: {}\n{said}", output.status);
                ensure!(said.contains("all is compared"), "{scenario:?}:\n{said}");
                ensure!(!said.contains("wrong: "), "{scenario:?}:\n{said}");
            }
        }
    }
    Ok(())
}
