//! Deflating a piece by itself.

use flate2::{Compress, Compression, FlushCompress};

/// What a flush adds when there is nothing to flush.
const EMPTY_BLOCK: [u8; 5] = [0, 0, 0, 255, 255];

/// The text as blocks that end at a byte. The fastest level already makes a
/// tenth of it, and scrapes come often.
///
/// The compressor does not tell when it has handed over all that it held back,
/// and may need to be asked again although there is room: it has when it has
/// nothing else to say.
pub(super) fn deflated(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut compressor = Compress::new(Compression::fast(), false);
    let mut rest = text;
    loop {
        packed.reserve(text.len() / 4 + 64);
        let (taken, written) = (compressor.total_in(), packed.len());
        // Deflating into memory does not fail.
        let status = compressor.compress_vec(rest, &mut packed, FlushCompress::Full);
        let taken = usize::try_from(compressor.total_in() - taken).unwrap_or_default();
        let is_done = rest.is_empty() && packed[written..] == EMPTY_BLOCK;
        rest = rest.get(taken..).unwrap_or_default();
        if is_done || status.is_err() {
            return packed;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;
    use proptest::prelude::*;

    use super::*;

    /// A last block with nothing in it.
    const LAST_BLOCK: [u8; 2] = [3, 0];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_is_deflated_is_whole_and_ends_at_a_byte(
            text in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..130_000),
                "[a-c]{0,3000}".prop_map(String::into_bytes),
            ],
        ) {
            let mut twice = [deflated(&text), deflated(b"and more")].concat();
            twice.extend_from_slice(&LAST_BLOCK);
            let mut whole = Vec::new();
            DeflateDecoder::new(twice.as_slice()).read_to_end(&mut whole).unwrap();
            prop_assert_eq!(whole, [text.as_slice(), b"and more"].concat());
        }
    }
}
