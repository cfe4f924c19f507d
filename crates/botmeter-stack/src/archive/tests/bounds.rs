//! What is hostile or long is given up in its middle.

use std::{
    io::{self, Read},
    process::Command,
    sync::mpsc,
    thread,
    time::Duration,
};

use tar::{EntryType, Header};

use super::*;

/// More than any buffer on the way holds.
const LONG: u64 = 64 * 1024 * 1024;

type Archive = tar::Builder<GzEncoder<fs::File>>;

/// Unpacks what is written into a pipe, and sees that not all of it was read.
fn refusal(interrupts: &Interrupts, write: impl FnOnce(&mut Archive) + Send) -> String {
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.file()).status().unwrap().success());
    let into = place.0.path().join("restored");
    let said = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let pipe = fs::File::options().write(true).open(place.file()).unwrap();
            // As it is, so that what is read and what was written are the same.
            write(&mut tar::Builder::new(GzEncoder::new(pipe, Compression::none())));
        });
        let error = unpack(&place.file(), &into, interrupts).unwrap_err();
        writer.join().unwrap();
        format!("{error:#}")
    });
    assert!(!into.exists(), "half of a backup was left");
    said.strip_prefix(&format!("failed to read the backup {}: ", place.file().display()))
        .unwrap()
        .to_owned()
}

/// A manifest of one file, `data/a/x`, of so many bytes.
fn begin(archive: &mut Archive, size: u64) {
    let manifest = json!({
        "kind": "botmeter-stack-backup", "format": 1, "botmeter": "0.1.0", "made_at": 0,
        "servers": {}, "files": [{ "path": "data/a/x", "size": size, "sha256": "" }],
    });
    let text = manifest.to_string();
    let header = header(MANIFEST, EntryType::Regular, text.len() as u64);
    archive.append(&header, text.as_bytes()).unwrap();
}

fn header(path: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_path(path).unwrap();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

/// Appends a member of `LONG` bytes, which nobody reads to its end.
fn append_long(archive: &mut Archive, path: &str, kind: EntryType, data: impl Read) {
    let appended = archive.append(&header(path, kind, LONG), data.take(LONG));
    assert_eq!(appended.map_err(|error| error.kind()), Err(io::ErrorKind::BrokenPipe));
}

#[test]
fn no_more_of_a_member_is_read_than_the_manifest_says() {
    let said = refusal(&Interrupts::default(), |archive| {
        begin(archive, 5);
        append_long(archive, "data/a/x", EntryType::Regular, io::repeat(b'x'));
    });
    assert_eq!(said, "it is damaged: \"data/a/x\" is not what the manifest says");
}

#[test]
fn a_name_that_no_file_has_is_not_read() {
    let said = refusal(&Interrupts::default(), |archive| {
        begin(archive, 5);
        append_long(archive, "././@LongLink", EntryType::GNULongName, io::repeat(b'x'));
    });
    assert_eq!(said, "it is damaged: it holds a name of 67108864 bytes");
}

#[test]
fn extensions_that_no_backup_has_are_not_read() {
    for kind in [EntryType::XHeader, EntryType::XGlobalHeader, EntryType::GNULongLink] {
        let said = refusal(&Interrupts::default(), |archive| {
            begin(archive, 5);
            append_long(archive, "extension", kind, io::repeat(b'x'));
        });
        assert_eq!(said, "it is damaged: it holds more than files");
    }
}

/// Says in its middle that somebody wants an end.
struct Interrupting<'a>(u64, &'a Interrupts);

impl Read for Interrupting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0 += buffer.len() as u64;
        if self.0 > LONG / 8 {
            self.1.add();
        }
        io::repeat(b'x').read(buffer)
    }
}

#[test]
fn a_restore_ends_within_a_member() {
    let interrupts = Interrupts::default();
    let said = refusal(&interrupts, |archive| {
        begin(archive, LONG);
        append_long(archive, "data/a/x", EntryType::Regular, Interrupting(0, &interrupts));
    });
    assert_eq!(said, "interrupted");
}

/// Nobody reads a tebibyte to its end, although it takes no room on the disk.
#[test]
fn a_backup_ends_within_a_file() {
    let place = Place::new();
    let huge = fs::File::create(place.0.path().join("live/prometheus/wal/00000002")).unwrap();
    huge.set_len(1 << 40).unwrap();
    let interrupts = Interrupts::default();
    let (contents, target, asked) = (place.contents(), place.file(), interrupts.clone());
    let (ended, end) = mpsc::channel();
    thread::spawn(move || ended.send(pack(&contents, &target, &asked)));
    // It is in the midst of that file soon, and stays there.
    end.recv_timeout(Duration::from_millis(500)).unwrap_err();
    interrupts.add();
    let error = end.recv_timeout(Duration::from_mins(1)).expect("it reads on").unwrap_err();
    let expected = format!("failed to write the backup {}: interrupted", place.file().display());
    assert_eq!(format!("{error:#}"), expected);
    assert_eq!(place.names(), ["live"]);
}

#[test]
fn a_long_name_of_a_file_comes_back() {
    let place = Place::new();
    let name = format!("live/grafana/{}/{}", "f".repeat(120), "n".repeat(150));
    let path = place.0.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "deep").unwrap();
    place.pack();
    let into = place.0.path().join("restored");
    unpack(&place.file(), &into, &Interrupts::default()).unwrap();
    assert_eq!(
        tree(&into)[path.strip_prefix(place.0.path().join("live")).unwrap().to_str().unwrap()],
        "deep"
    );
}
