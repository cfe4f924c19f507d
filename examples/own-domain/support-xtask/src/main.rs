//! `cargo xtask dashboards [--check]`: everything in `dashboards/`, generated.

use std::{env, error, path::Path};

use botmeter_generate::{Catalogue, Error, Mode, Options, Report, generate};
use support_metrics::{Desk, board::board};

fn main() -> Result<(), Box<dyn error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mode = match arguments.join(" ").as_str() {
        "dashboards" => Mode::Write,
        "dashboards --check" => Mode::Check,
        _ => return Err("use: cargo xtask dashboards [--check]".into()),
    };
    println!("{}", dashboards(mode)?);
    Ok(())
}

fn dashboards(mode: Mode) -> Result<Report, Error> {
    let catalogue = Catalogue::new().domain::<Desk>(board());
    let options = Options::new("cargo xtask dashboards")
        .reference_url("https://github.com/example/support/blob/main/dashboards/reference")
        .grafana_url("http://localhost:3000")
        .without_traces();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashboards");
    generate(&catalogue, &options)?.apply(&folder, mode)
}

#[test]
fn the_dashboards_are_up_to_date() -> Result<(), Error> {
    dashboards(Mode::Check).map(drop)
}
