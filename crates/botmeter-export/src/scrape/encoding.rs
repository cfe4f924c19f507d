//! Whether and how an answer is packed.

use std::fmt;

use bytes::Bytes;
use flate2::Crc;
use http::{HeaderMap, header::ACCEPT_ENCODING};

use super::{piece::Piece, weighted::weighted};

/// Whether the client can read gzip and does not like the plain text better.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    let offers = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    for offer in offers.flat_map(|value| value.split(',')) {
        let (coding, weight) = weighted(offer);
        match coding.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = Some(weight),
            "*" => any = Some(weight),
            "identity" => identity = Some(weight),
            _ => {}
        }
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    gzip > 0.0 && gzip >= identity.unwrap_or(0.0)
}

/// Packs a text with gzip, piece by piece.
///
/// Between two pieces it keeps a checksum and a length, and nothing else: a
/// scraper that stops in the middle of a page holds no more than that. Each
/// piece ends at a byte and refers to none before it.
pub(super) struct Packer {
    checksum: Crc,
    has_begun: bool,
}

/// RFC 1952: deflate, no name, no time, from an unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
/// RFC 1951: a last block with nothing in it.
const LAST_BLOCK: [u8; 2] = [3, 0];

impl Packer {
    pub(super) fn new() -> Self {
        Self { checksum: Crc::new(), has_begun: false }
    }

    /// The piece as it is sent.
    pub(super) fn pack(&mut self, piece: &Piece) -> Bytes {
        self.checksum.update(&piece.text);
        let blocks = piece.blocks();
        if self.has_begun && !piece.is_last() {
            return blocks.clone();
        }
        let mut packed = Vec::with_capacity(blocks.len() + 20);
        if !self.has_begun {
            self.has_begun = true;
            packed.extend_from_slice(&HEAD);
        }
        packed.extend_from_slice(blocks);
        if piece.is_last() {
            packed.extend_from_slice(&LAST_BLOCK);
            packed.extend_from_slice(&self.checksum.sum().to_le_bytes());
            packed.extend_from_slice(&self.checksum.amount().to_le_bytes());
        }
        packed.into()
    }
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use botmeter_core::{Format, Gauge, Kind, Memory, Meter, store::Identity};
    use flate2::read::GzDecoder;

    use super::*;
    use crate::scrape::pieces::Pieces;

    fn packed(text: &str) -> Vec<u8> {
        let meter = Meter::new(Memory::new());
        let help = Identity::foreign("x", Kind::Gauge, "", text, &[]);
        for series in 0..2_000 {
            let label = format!("{series}{text}");
            let gauge = meter.foreign::<Gauge>(help.clone(), [("label", label.as_str())]);
            gauge.unwrap().set(f64::from(series));
        }
        let mut pieces = Pieces::own(meter.store(), Format::Prometheus);
        let mut packer = Packer::new();
        let mut packed = Vec::new();
        let mut expected = Vec::new();
        while let Some(piece) = pieces.next() {
            expected.extend_from_slice(&piece.text);
            packed.extend_from_slice(&packer.pack(&piece));
        }
        let mut unpacked = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, expected);
        packed
    }

    #[test]
    fn a_page_that_is_packed_piece_by_piece_is_one_text_again() {
        let small = packed("a few words");
        assert!(small.len() < 40_000, "{} bytes", small.len());
    }

    #[test]
    fn gzip_is_taken_when_it_is_offered_and_not_refused() {
        let cases: [(&[&str], bool); 15] = [
            (&[], false),
            (&[""], false),
            (&["gzip"], true),
            (&["GZIP"], true),
            (&["x-gzip"], true),
            (&["deflate, gzip;q=1.0, *;q=0.5"], true),
            (&["deflate", "gzip"], true),
            (&["gzip;q=0"], false),
            (&["gzip; q=0.000"], false),
            (&["gzip;q=0, *"], false),
            (&["*"], true),
            (&["*;q=0"], false),
            (&["identity;q=1, gzip;q=0.5"], false),
            (&["gzip;q=nonsense"], false),
            (&["br, deflate"], false),
        ];
        for (offers, expected) in cases {
            let mut headers = HeaderMap::new();
            for offer in offers {
                headers.append(ACCEPT_ENCODING, offer.parse().unwrap());
            }
            assert_eq!(takes_gzip(&headers), expected, "{offers:?}");
        }
    }
}
