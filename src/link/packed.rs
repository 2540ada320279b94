//! Text made short: raw deflate, with a text that both sides know before it, in digits that a fragment may hold.

use std::fmt;

use crate::diagnostic::counted;
use crate::limits;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// How far back a repetition may lie: what is known beyond it is of no use.
const WINDOW: usize = 32 * 1024;

/// The end of what is known, as far as it can be referred to.
fn near(known: &str) -> &[u8] {
    let bytes = known.as_bytes();
    bytes
        .get(bytes.len().saturating_sub(WINDOW)..)
        .unwrap_or_default()
}

/// A text in short; nothing if it cannot be made short.
pub(super) fn packed(text: &str, known: &str) -> Option<String> {
    let mut deflate = Compress::new(Compression::best(), false);
    if !known.is_empty() {
        deflate.set_dictionary(near(known)).ok()?;
    }
    let mut out = Vec::with_capacity(text.len() + 64);
    let status = deflate
        .compress_vec(text.as_bytes(), &mut out, FlushCompress::Finish)
        .ok()?;
    (status == Status::StreamEnd).then(|| URL_SAFE_NO_PAD.encode(out))
}

/// Why a packed text is not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    Damaged,
    TooLarge,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("is damaged"),
            Self::TooLarge => write!(
                f,
                "holds more than {} bytes, the most that a packed part may hold",
                counted(limits::UNPACKED_BYTES)
            ),
        }
    }
}

/// A text from what [`packed`] gave, and why it is not all there, if it is not: then it is what could be read.
pub(super) fn unpacked(packed: &str, known: &str) -> (String, Option<Lost>) {
    let end = packed.len() - packed.len() % 4;
    let bytes = URL_SAFE_NO_PAD.decode(packed);
    let whole = bytes.is_ok();
    // What is cut within a digit has its whole groups left.
    let bytes = bytes
        .or_else(|_| URL_SAFE_NO_PAD.decode(packed.get(..end).unwrap_or_default()))
        .unwrap_or_default();
    let mut inflate = Decompress::new(false);
    if !known.is_empty() && inflate.set_dictionary(near(known)).is_err() {
        return (String::new(), Some(Lost::Damaged));
    }
    // A byte of what is packed stands for a thousand at most, so that its length says nothing.
    let mut out = Vec::with_capacity(4 * 1024);
    let ended = loop {
        let (read, written) = (inflate.total_in(), out.len());
        let rest = usize::try_from(read)
            .ok()
            .and_then(|read| bytes.get(read..));
        let status =
            inflate.decompress_vec(rest.unwrap_or_default(), &mut out, FlushDecompress::None);
        match status {
            Ok(Status::StreamEnd) => break true,
            Ok(_)
                if out.len() < limits::UNPACKED_BYTES
                    && (inflate.total_in() > read || out.len() > written) =>
            {
                out.reserve(out.len().max(4 * 1024));
            }
            _ => break false,
        }
    };
    // The last step may have brought more than there may be.
    let large =
        out.len() > limits::UNPACKED_BYTES || (!ended && out.len() == limits::UNPACKED_BYTES);
    out.truncate(limits::UNPACKED_BYTES);
    let (text, sound) = match String::from_utf8(out) {
        Ok(text) => (text, true),
        Err(error) => {
            let sound = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(sound);
            (String::from_utf8(bytes).unwrap_or_default(), false)
        }
    };
    let lost = match (large, whole && ended && sound) {
        (true, _) => Some(Lost::TooLarge),
        (false, true) => None,
        (false, false) => Some(Lost::Damaged),
    };
    (text, lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_unpacks_to_so_much_and_no_more() {
        let (most, over) = (limits::UNPACKED_BYTES, limits::UNPACKED_BYTES + 1);
        let text = |bytes: usize| "calls by hand, ".repeat(bytes).split_at(bytes).0.to_owned();
        let again = |bytes: usize| {
            let packed = packed(&text(bytes), "").expect("it can be packed");
            unpacked(&packed, "")
        };
        let (read, why) = again(most);
        assert_eq!((read.len(), why), (most, None));
        for bytes in [over, 3 * most] {
            let (read, why) = again(bytes);
            assert!(text(most).starts_with(&read));
            assert_eq!(why, Some(Lost::TooLarge), "{bytes}");
        }
        let cut = packed(&text(9_000), "").expect("it can be packed");
        let (_, why) = unpacked(&cut[..cut.len() / 2], "");
        assert_eq!(why, Some(Lost::Damaged));
        let told = "holds more than 1,048,576 bytes, the most that a packed part may hold";
        assert_eq!(Lost::TooLarge.to_string(), told);
    }
}
