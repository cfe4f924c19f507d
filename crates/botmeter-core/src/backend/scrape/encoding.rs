//! Whether and how an answer is packed.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, header::ACCEPT_ENCODING};

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

/// A coding and how much it is liked. A weight that cannot be read is taken as
/// a refusal, because plain text is always right.
fn weighted(offer: &str) -> (&str, f32) {
    let mut parts = offer.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (coding, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}

/// The text packed with gzip. The fastest level already makes a tenth of it,
/// and scrapes come often.
pub(super) fn gzip(text: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail; if it did, plain text would be right.
    packer.write_all(text).ok()?;
    packer.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
