//! A Grafana of this machine, if there is one: it is not built here, because
//! its page is a program of its own for browsers.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    folder::Folder,
    server::{Ready, Server},
};
use crate::{
    configure::replace,
    place::Place,
    settings::{ROLE, Settings},
};

/// The variable that names the program, and the one that names its home.
const PROGRAM: &str = "BOTMETER_GRAFANA";
const HOME: &str = "GF_PATHS_HOME";

/// Where the dashboards are inside of a container.
const DASHBOARDS: &str = "/etc/grafana/dashboards";

/// A program, and the folder with its pages and defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grafana {
    program: PathBuf,
    home: PathBuf,
}

/// Finds it by variable or on `PATH`.
///
/// # Errors
///
/// When the variable leads nowhere, or the program's home is nowhere.
pub(super) fn find() -> Result<Option<Grafana>> {
    find_in(|name| env::var_os(name).filter(|value| !value.is_empty()))
}

fn find_in(variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Grafana>> {
    let program = if let Some(program) = variable(PROGRAM).map(PathBuf::from) {
        ensure!(
            program.is_file(),
            "{PROGRAM} is {:?}, which is not a program: set it to the path of grafana, or unset it",
            program.display().to_string()
        );
        Some(program)
    } else {
        let path = variable("PATH").unwrap_or_default();
        let mut places = env::split_paths(&path).flat_map(|folder| {
            ["grafana", "grafana-server"]
                .map(|name| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        });
        places.find(|program| program.is_file())
    };
    let Some(program) = program else { return Ok(None) };
    let is_home = |folder: &Path| folder.join("conf/defaults.ini").is_file();
    if let Some(home) = variable(HOME).map(PathBuf::from) {
        ensure!(
            is_home(&home),
            "{HOME} is {:?}, which holds no conf/defaults.ini: set it to Grafana's folder",
            home.display().to_string()
        );
        return Ok(Some(Grafana { program, home }));
    }
    // An archive of Grafana has bin/ beside conf/; packages put it elsewhere.
    let real = fs::canonicalize(&program).unwrap_or_else(|_| program.clone());
    let around = real.parent().and_then(Path::parent).map(Path::to_owned);
    let places = around.into_iter().chain(["/usr/share/grafana".into()]);
    match places.into_iter().find(|folder| is_home(folder)) {
        Some(home) => Ok(Some(Grafana { program, home })),
        None => bail!(
            "there is {}, and its folder with conf/defaults.ini is not around it: set {HOME} to it",
            program.display()
        ),
    }
}

impl Grafana {
    /// How it is started: as in its container, with the folders of this one; it
    /// asks for series at the port of this variable.
    pub(super) fn server(
        &self,
        place: &Place,
        settings: &Settings,
        folder: &Folder,
        asked: &str,
    ) -> Server {
        let port = "BOTMETER_GRAFANA_PORT";
        let at = |variable: &str| format!("{}:{}", settings.host(), settings.port(variable));
        let get = |name: &str| settings.get(name).to_owned();
        let shown = |path: PathBuf| path.display().to_string();
        let data = folder.data().join("grafana");
        let variables = [
            ("GF_SECURITY_ADMIN_USER", get("GRAFANA_ADMIN_USER")),
            ("GF_SECURITY_ADMIN_PASSWORD", get("GRAFANA_ADMIN_PASSWORD")),
            ("GF_AUTH_ANONYMOUS_ENABLED", "true".to_owned()),
            ("GF_AUTH_ANONYMOUS_ORG_ROLE", get(ROLE)),
            ("GF_USERS_ALLOW_SIGN_UP", "false".to_owned()),
            ("GF_SERVER_HTTP_ADDR", settings.bind().to_string()),
            ("GF_SERVER_HTTP_PORT", get(port)),
            ("GF_SERVER_ROOT_URL", format!("http://localhost:{}/", settings.port(port))),
            ("GF_ANALYTICS_REPORTING_ENABLED", "false".to_owned()),
            ("GF_ANALYTICS_CHECK_FOR_UPDATES", "false".to_owned()),
            ("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false".to_owned()),
            (
                "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH",
                shown(place.dashboards.join("grafana/overview.json")),
            ),
            ("GF_PATHS_DATA", shown(data.clone())),
            ("GF_PATHS_LOGS", shown(data.join("log"))),
            ("GF_PATHS_PLUGINS", shown(data.join("plugins"))),
            ("GF_PATHS_PROVISIONING", shown(provisioning(folder))),
            ("BOTMETER_PROMETHEUS_URL", format!("http://{}", at(asked))),
            ("BOTMETER_JAEGER_URL", format!("http://{}", at("BOTMETER_JAEGER_PORT"))),
            ("BOTMETER_ALERTMANAGER_URL", format!("http://{}", at("BOTMETER_ALERTMANAGER_PORT"))),
        ];
        let is_old = self.program.file_stem().is_some_and(|name| name == "grafana-server");
        let home = format!("--homepath={}", self.home.display());
        let arguments = if is_old { vec![home] } else { vec!["server".to_owned(), home] };
        Server {
            name: "grafana",
            program: self.program.clone(),
            arguments,
            variables: variables.map(|(name, value)| (name.to_owned(), value)).into(),
            directory: self.home.clone(),
            ready: Ready::Page(format!("http://{}/api/health", at(port))),
            ports: vec![(port, settings.port(port))],
        }
    }
}

fn provisioning(folder: &Folder) -> PathBuf {
    folder.file("grafana").join("provisioning")
}

/// Writes its provisioning, with the folder of the dashboards as it is here.
pub(super) fn lay_out(place: &Place, folder: &Folder) -> Result<()> {
    let from = place.compose.join("grafana/provisioning");
    let dashboards = place.dashboards.join("grafana").display().to_string();
    for file in ["datasources/datasources.yaml", "dashboards/dashboards.yaml"] {
        let path = from.join(file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        ensure!(
            file.starts_with("datasources") || text.contains(DASHBOARDS),
            "{} does not name {DASHBOARDS}, whose place the dashboards of this machine take",
            path.display()
        );
        replace(&provisioning(folder).join(file), &text.replace(DASHBOARDS, &dashboards))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env_file::Variables;

    fn find_with(pairs: &[(&str, &Path)]) -> Result<Option<Grafana>> {
        find_in(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, path)| path.as_os_str().to_owned())
        })
    }

    /// With the configuration of the repository.
    fn place(run: &Path) -> Place {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Place::new(Some(&root), None, Some(run)).unwrap()
    }

    fn archive() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in ["bin/grafana", "conf/defaults.ini"] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn it_is_found_with_its_home() {
        let archive = archive();
        let home = fs::canonicalize(archive.path()).unwrap();
        let bin = archive.path().join("bin");
        assert_eq!(find_with(&[("PATH", Path::new("/nowhere"))]).unwrap(), None);
        let found = find_with(&[("PATH", &bin)]).unwrap().unwrap();
        assert_eq!(found, Grafana { program: bin.join("grafana"), home });
        let error = find_with(&[("BOTMETER_GRAFANA", Path::new("/nowhere"))]).unwrap_err();
        assert!(error.to_string().starts_with("BOTMETER_GRAFANA is \"/nowhere\""), "{error}");
        fs::remove_file(archive.path().join("conf/defaults.ini")).unwrap();
        let error = find_with(&[("PATH", &bin)]).unwrap_err().to_string();
        assert!(error.ends_with("set GF_PATHS_HOME to it"), "{error}");
    }

    #[test]
    fn its_provisioning_names_the_dashboards_of_this_machine() {
        let archive = archive();
        let place = place(archive.path());
        let folder = Folder::new(&place.run);
        lay_out(&place, &folder).unwrap();
        let text =
            fs::read_to_string(provisioning(&folder).join("dashboards/dashboards.yaml")).unwrap();
        let path = place.dashboards.join("grafana");
        assert!(text.contains(&format!("path: {}\n", path.display())), "{text}");
        assert!(path.join("overview.json").is_file());
    }

    /// What a container of Grafana is told, this one is told as well.
    #[test]
    fn it_has_every_variable_of_its_container() {
        let archive = archive();
        let place = place(archive.path());
        let variables = Variables::from([("GRAFANA_ADMIN_PASSWORD".to_owned(), "x".to_owned())]);
        let settings = Settings::read(Path::new("/nowhere/.env"), &variables).unwrap();
        let grafana = Grafana { program: "grafana".into(), home: "/home".into() };
        let asked = "BOTMETER_QUERY_PORT";
        let server = grafana.server(&place, &settings, &Folder::new(&place.run), asked);
        assert_eq!(server.variables["BOTMETER_PROMETHEUS_URL"], "http://127.0.0.1:10902");
        let text = fs::read_to_string(place.compose.join("compose.yaml")).unwrap();
        let compose: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let inside = compose["services"]["grafana"]["environment"].as_object().unwrap();
        for (name, value) in inside {
            assert!(server.variables.contains_key(name), "{name}");
            let value = value.as_str().unwrap();
            if !value.contains(['$', ':', '/']) {
                assert_eq!(server.variables[name], value, "{name}");
            }
        }
        assert_eq!(server.arguments, ["server", "--homepath=/home"]);
    }
}
