//! A round trip, and everything that has to be refused.

#[cfg(unix)]
mod bounds;

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::signals::Interrupts;

struct Place(TempDir);

impl Place {
    /// A folder with some data of two servers.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            ("prometheus/wal/00000001", "samples"),
            ("prometheus/lock", ""),
            ("prometheus/queries.active", "now"),
            // Not of one letter, in which a wrong distance means the same.
            ("prometheus/chunks_head/000001", &format!("{:?}", (0..400).collect::<Vec<_>>())),
            ("grafana/grafana.db", "users"),
            ("grafana/empty", ""),
        ] {
            let path = place.0.path().join("live").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path().join("backup.tar.gz")
    }

    fn contents(&self) -> Contents {
        let folder = |server: &str| (server.to_owned(), self.0.path().join("live").join(server));
        Contents {
            folders: [folder("prometheus"), folder("grafana")].into(),
            versions: [("prometheus".to_owned(), "3.15.0".to_owned())].into(),
            botmeter: "0.1.0".to_owned(),
            made_at: 1_800_000_000,
        }
    }

    fn pack(&self) -> Manifest {
        pack(&self.contents(), &self.file(), &Interrupts::default()).unwrap()
    }

    /// What is refused, in words, after seeing that nothing was left.
    fn refusal(&self) -> String {
        let into = self.0.path().join("restored");
        let error = unpack(&self.file(), &into, &Interrupts::default()).unwrap_err();
        assert!(!into.exists(), "half of a backup was left");
        let text = format!("{error:#}");
        let start = format!("failed to read the backup {}: ", self.file().display());
        text.strip_prefix(&start).unwrap_or(&text).to_owned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Writes an archive of these members in the place of the backup.
    fn write(&self, members: &[(&str, &[u8])]) {
        let mut archive = tar::Builder::new(GzEncoder::new(
            fs::File::create(self.file()).unwrap(),
            Compression::fast(),
        ));
        for (path, data) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            header.set_mode(0o644);
            // Set by hand, because tar itself refuses to write some of them.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            archive.append(&header, *data).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap();
    }

    fn manifest(&self) -> Value {
        let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(self.file()).unwrap()));
        let first = archive.entries().unwrap().next().unwrap().unwrap();
        serde_json::from_reader(first).unwrap()
    }
}

fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn what_is_restored_is_what_was_there() {
    let place = Place::new();
    let packed = place.pack();
    let into = place.0.path().join("restored");
    let unpacked = unpack(&place.file(), &into, &Interrupts::default()).unwrap();
    assert_eq!(unpacked, packed);
    let mut expected = tree(&place.0.path().join("live"));
    for not_data in ["prometheus/lock", "prometheus/queries.active"] {
        expected.remove(not_data).unwrap();
    }
    assert_eq!(tree(&into), expected);
    assert_eq!(place.names(), ["backup.tar.gz", "live", "restored"]);
    assert_eq!(unpacked.owners().into_iter().collect::<Vec<_>>(), ["grafana", "prometheus"]);
    assert_eq!(unpacked.bytes(), 1_902);
}

#[test]
fn the_manifest_says_what_is_in_it() {
    let place = Place::new();
    place.pack();
    let manifest = place.manifest();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(manifest["kind"], "botmeter-stack-backup");
    assert_eq!(manifest["format"], 1);
    assert_eq!(manifest["botmeter"], "0.1.0");
    assert_eq!(manifest["made_at"], 1_800_000_000);
    assert_eq!(manifest["servers"], json!({ "prometheus": "3.15.0" }));
    assert_eq!(
        manifest["files"][0],
        json!({ "path": "data/grafana/empty", "size": 0, "sha256": empty })
    );
}

#[test]
fn an_interrupted_backup_leaves_what_was_there() {
    let place = Place::new();
    fs::write(place.file(), "an older backup").unwrap();
    let interrupts = Interrupts::default();
    interrupts.add();
    let error = pack(&place.contents(), &place.file(), &interrupts).unwrap_err();
    assert!(format!("{error:#}").ends_with(": interrupted"), "{error:#}");
    assert_eq!(fs::read_to_string(place.file()).unwrap(), "an older backup");
    assert_eq!(place.names(), ["backup.tar.gz", "live"]);
}

#[test]
fn a_backup_that_cannot_get_its_name_leaves_nothing() {
    let place = Place::new();
    fs::create_dir(place.file()).unwrap();
    let error = pack(&place.contents(), &place.file(), &Interrupts::default()).unwrap_err();
    let expected = format!("failed to write the backup {}", place.file().display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(place.names(), ["backup.tar.gz", "live"]);
}

#[test]
fn an_interrupted_restore_leaves_nothing() {
    let place = Place::new();
    place.pack();
    let interrupts = Interrupts::default();
    interrupts.add();
    let into = place.0.path().join("restored");
    let error = unpack(&place.file(), &into, &interrupts).unwrap_err();
    assert!(format!("{error:#}").ends_with(": interrupted"), "{error:#}");
    assert_eq!(place.names(), ["backup.tar.gz", "live"]);
}

#[test]
fn every_damaged_byte_is_noticed() {
    let place = Place::new();
    place.pack();
    let whole = fs::read(place.file()).unwrap();
    let mut expected = tree(&place.0.path().join("live"));
    expected.retain(|path, _| !path.ends_with("lock") && !path.ends_with("active"));
    let mut harmless = 0;
    // The header of gzip has bytes that mean nothing: the time and the system.
    let positions = (10..whole.len()).step_by(7).chain([whole.len() - 1]);
    for position in positions {
        let mut broken = whole.clone();
        broken[position] ^= 0x10;
        fs::write(place.file(), broken).unwrap();
        let into = place.0.path().join("restored");
        // A compressed stream has bits that mean nothing; all others count.
        if unpack(&place.file(), &into, &Interrupts::default()).is_ok() {
            assert_eq!(tree(&into), expected, "the byte {position} was not missed");
            fs::remove_dir_all(&into).unwrap();
            harmless += 1;
        }
    }
    assert!(harmless < 10, "{harmless} damages had no effect");
    for length in [0, 5, 200, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        fs::write(place.file(), &whole[..length]).unwrap();
        place.refusal();
    }
}

#[test]
fn another_format_is_named_with_who_wrote_it() {
    let place = Place::new();
    let manifest = json!({
        "kind": "botmeter-stack-backup", "format": 2, "botmeter": "0.9.0", "new": true,
    });
    place.write(&[(MANIFEST, manifest.to_string().as_bytes())]);
    assert_eq!(
        place.refusal(),
        "it is in format 2, written by botmeter 0.9.0, and this one reads format 1: restore it \
         with that version"
    );
}

#[test]
fn what_is_no_backup_is_refused() {
    let place = Place::new();
    let mut file = fs::File::create(place.file()).unwrap();
    file.write_all(b"no archive at all, but some text").unwrap();
    assert!(place.refusal().starts_with("it is damaged, or no backup: "), "{}", place.refusal());
    place.write(&[("other", b"file")]);
    assert_eq!(place.refusal(), "it does not open with a manifest: it is no backup");
    place.write(&[]);
    assert_eq!(place.refusal(), "it is empty");
    place.write(&[(MANIFEST, b"{\"kind\": \"other\", \"format\": 1, \"botmeter\": \"\"}")]);
    assert_eq!(place.refusal(), "it is a \"other\": restore a file that `backup` wrote");
}

#[test]
fn contents_and_manifest_have_to_agree() {
    let place = Place::new();
    place.pack();
    let mut manifest = place.manifest();
    let file = |path: &str, text: &[u8]| {
        let mut sum = crate::digest::Sum::new(text);
        std::io::copy(&mut sum, &mut std::io::sink()).unwrap();
        let digest = sum.hexadecimal();
        json!({ "path": path, "size": text.len(), "sha256": digest })
    };
    let mut with = |files: Vec<Value>, members: &[(&str, &[u8])]| {
        manifest["files"] = Value::Array(files);
        let text = manifest.to_string();
        let members: Vec<(&str, &[u8])> =
            [(MANIFEST, text.as_bytes())].into_iter().chain(members.iter().copied()).collect();
        place.write(&members);
        place.refusal()
    };
    assert_eq!(
        with(vec![], &[("data/a/x", b"1")]),
        "it is damaged: it holds \"data/a/x\", of which its manifest knows nothing"
    );
    assert_eq!(with(vec![file("data/a/x", b"1")], &[]), "it is damaged: \"data/a/x\" is missing");
    assert_eq!(
        with(vec![file("data/a/x", b"1")], &[("data/a/x", b"2")]),
        "it is damaged: \"data/a/x\" is not what the manifest says"
    );
    for path in [
        "data/../../x",
        "/data/a/x",
        "data/x",
        "other/a/x",
        "data/a/../../../x",
        "data/./a/x",
        "data/a/./x",
        "data/a/x/",
    ] {
        assert_eq!(
            with(vec![file(path, b"1")], &[(path, b"1")]),
            format!("its manifest names the file {path:?}, which no backup has")
        );
    }
    assert!(!place.0.path().join("x").exists());
}
