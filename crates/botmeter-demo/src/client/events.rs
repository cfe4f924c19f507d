//! Cuts a stream of bytes into the data of its server-sent events.

/// Collects bytes until an event is whole.
///
/// Only `data` fields matter to this API; names, ids, retry times and comments are skipped.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Bytes of a line whose end has not come yet.
    rest: Vec<u8>,
    /// Data of an event whose end has not come yet.
    data: Option<Vec<u8>>,
}

impl Events {
    /// Takes bytes as they arrive and returns the data of each event that they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut complete = Vec::new();
        let mut searched = self.rest.len();
        self.rest.extend_from_slice(bytes);
        let mut start = 0;
        while let Some(end) = self.rest[searched..].iter().position(|byte| *byte == b'\n') {
            let end = searched + end;
            let line = &self.rest[start..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                complete.extend(self.data.take());
            } else if let Some(value) = line.strip_prefix(b"data:") {
                let value = value.strip_prefix(b" ").unwrap_or(value);
                match &mut self.data {
                    None => self.data = Some(value.to_vec()),
                    Some(data) => {
                        data.push(b'\n');
                        data.extend_from_slice(value);
                    }
                }
            }
            start = end + 1;
            searched = start;
        }
        self.rest.drain(..start);
        complete
    }

    /// How many bytes wait for their end.
    pub(super) fn pending(&self) -> usize {
        self.rest.len() + self.data.as_ref().map_or(0, Vec::len)
    }

    /// What was left over when the stream ended.
    pub(super) fn into_rest(self) -> Vec<u8> {
        let mut rest = self.data.unwrap_or_default();
        rest.extend_from_slice(&self.rest);
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": a comment\r\nevent: message\r\ndata: {\"a\":\"\u{e9}\"}\r\n\r\n\
                          data:one\ndata: two\n\n\n\nid: 3\n\ndata: [DONE]\n\ndata: cut";

    fn texts(data: Vec<Vec<u8>>) -> Vec<String> {
        data.into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn events_are_the_same_however_the_bytes_are_cut() {
        for size in 1..=STREAM.len() {
            let mut events = Events::default();
            let seen: Vec<_> =
                STREAM.as_bytes().chunks(size).flat_map(|chunk| events.push(chunk)).collect();
            assert_eq!(texts(seen), ["{\"a\":\"\u{e9}\"}", "one\ntwo", "[DONE]"], "size {size}");
            assert_eq!(events.pending(), "data: cut".len());
            assert_eq!(events.into_rest(), b"data: cut");
        }
    }
}
