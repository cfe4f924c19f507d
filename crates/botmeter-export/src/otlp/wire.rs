//! Protobuf, as far as metrics need it: writing, and reading a short answer.

/// Appends fields to a message.
pub(super) trait Message {
    /// A number, unless it is zero, which is what its absence means.
    fn varint(&mut self, field: u32, n: u64);
    /// Eight bytes each; the numbers of the fields are below 16.
    fn fixed64<const COUNT: usize>(&mut self, fields: [(u8, u64); COUNT]);
    /// Eight bytes each.
    fn packed64(&mut self, field: u32, all: impl ExactSizeIterator<Item = u64>);
    /// Text, bytes, or a message that is written already.
    fn bytes(&mut self, field: u32, bytes: &[u8]);
    /// A message that is written already, behind its length; the number of the
    /// field is below 16.
    fn message(&mut self, field: u8, length_and_bytes: &[u8]);
    /// Begins a message of which nobody knows yet how long it becomes.
    fn begin(&mut self, field: u8) -> Begun;
    /// Ends it.
    fn end(&mut self, begun: Begun);
}

/// A message that is being written.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(super) struct Begun(usize);

/// The length is written when it is known, so there is room for the longest:
/// 256 MiB in seven bits a byte. Readers take a number with leading zeros.
const LENGTH_BYTES: usize = 4;

impl Message for Vec<u8> {
    fn varint(&mut self, field: u32, n: u64) {
        if n > 0 {
            tag(self, field, 0);
            varint(self, n);
        }
    }

    fn fixed64<const COUNT: usize>(&mut self, fields: [(u8, u64); COUNT]) {
        let mut all = [[0; 9]; COUNT];
        for (bytes, (field, bits)) in all.iter_mut().zip(fields) {
            bytes[0] = field << 3 | 1;
            bytes[1..].copy_from_slice(&bits.to_le_bytes());
        }
        self.extend_from_slice(all.as_flattened());
    }

    fn packed64(&mut self, field: u32, all: impl ExactSizeIterator<Item = u64>) {
        tag(self, field, 2);
        varint(self, all.len() as u64 * 8);
        for bits in all {
            self.extend_from_slice(&bits.to_le_bytes());
        }
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        tag(self, field, 2);
        varint(self, bytes.len() as u64);
        self.extend_from_slice(bytes);
    }

    fn message(&mut self, field: u8, length_and_bytes: &[u8]) {
        self.push(field << 3 | 2);
        self.extend_from_slice(length_and_bytes);
    }

    fn begin(&mut self, field: u8) -> Begun {
        self.extend_from_slice(&[field << 3 | 2, 0, 0, 0, 0]);
        Begun(self.len())
    }

    fn end(&mut self, Begun(start): Begun) {
        let mut rest = self.len() - start;
        let room = &mut self[start - LENGTH_BYTES..start];
        for (at, byte) in room.iter_mut().enumerate() {
            let goes_on = if at + 1 < LENGTH_BYTES { 0x80 } else { 0 };
            *byte = low_bits(rest as u64) | goes_on;
            rest >>= 7;
        }
    }
}

fn tag(message: &mut Vec<u8>, field: u32, wire_type: u64) {
    varint(message, u64::from(field) << 3 | wire_type);
}

fn varint(message: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        message.push(low_bits(n) | 0x80);
        n >>= 7;
    }
    message.push(low_bits(n));
}

fn low_bits(n: u64) -> u8 {
    (n & 0x7F) as u8
}

/// What a field of a message holds.
#[derive(Debug, PartialEq)]
pub(super) enum Field<'a> {
    /// A number.
    Varint(u64),
    /// Text, bytes, or a message.
    Bytes(&'a [u8]),
    /// Something of a fixed size.
    Fixed,
}

/// The fields of a message with their numbers; nothing for what is no protobuf,
/// and nothing after it.
pub(super) fn fields(message: &[u8]) -> impl Iterator<Item = Option<(u64, Field<'_>)>> {
    let mut rest = Some(message);
    std::iter::from_fn(move || {
        let (field, after) = match rest.take()? {
            [] => return None,
            message => match field(message) {
                Some((number, field, after)) => (Some((number, field)), Some(after)),
                None => (None, None),
            },
        };
        rest = after;
        Some(field)
    })
}

fn field(message: &[u8]) -> Option<(u64, Field<'_>, &[u8])> {
    let (tag, rest) = read_varint(message)?;
    let (field, rest) = match tag & 7 {
        0 => {
            let (n, rest) = read_varint(rest)?;
            (Field::Varint(n), rest)
        }
        1 => (Field::Fixed, rest.get(8..)?),
        2 => {
            let (length, rest) = read_varint(rest)?;
            let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Field::Bytes(bytes), rest)
        }
        5 => (Field::Fixed, rest.get(4..)?),
        _ => return None,
    };
    (tag >> 3 > 0).then_some((tag >> 3, field, rest))
}

fn read_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut n = 0;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        n |= u64::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((n, &bytes[at + 1..]));
        }
    }
    None
}
