//! Percent-encoding, read to the letter.

/// What is wrong with an encoded text, to be said after what the text is.
pub type Fault = &'static str;

/// The text that was encoded.
pub fn decoded(text: &str) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let byte = escaped(after)
                .ok_or("has a percent sign without two hexadecimal digits behind it")?;
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 when it is decoded")
}

/// The byte that these begin with two digits of, after a percent sign.
pub fn escaped(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*digits.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}
