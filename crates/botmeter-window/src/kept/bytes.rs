//! Numbers and texts in few bytes.

/// Bytes that are written.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

/// Bytes that are read, which may say anything.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// How many values there is room for.
    room: usize,
    is_overfull: bool,
}

impl Writer {
    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// Seven bits a byte, the low ones first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    /// Small ones are short, whatever their sign.
    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        for item in items {
            write(self, item);
        }
    }

    /// Values that follow each other differ in few bits, and in the high ones.
    pub(super) fn values(
        &mut self,
        values: impl IntoIterator<Item = f64, IntoIter: ExactSizeIterator>,
    ) {
        let values = values.into_iter();
        self.number(values.len() as u64);
        let mut last = 0;
        for value in values {
            let bits = value.to_bits();
            self.number((bits ^ last).reverse_bits());
            last = bits;
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], room: usize) -> Self {
        Self { rest: bytes, room, is_overfull: false }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn is_overfull(&self) -> bool {
        self.is_overfull
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?.try_into().ok()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }

    /// What a list says of its length is believed no further than the bytes
    /// that are there.
    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.number()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(read(self)?);
        }
        Some(items)
    }

    pub(super) fn values(&mut self) -> Option<Vec<f64>> {
        let mut last = 0;
        self.list(|body| {
            let Some(room) = body.room.checked_sub(1) else {
                body.is_overfull = true;
                return None;
            };
            body.room = room;
            last ^= body.number()?.reverse_bits();
            Some(f64::from_bits(last))
        })
    }
}
