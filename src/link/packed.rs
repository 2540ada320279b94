//! Text made short: raw deflate, with a text that both sides know before it, in digits that a fragment may hold.

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

/// A text from what [`packed`] gave, and whether all of it is there: of a damaged one, what could be read.
pub(super) fn unpacked(packed: &str, known: &str) -> (String, bool) {
    let end = packed.len() - packed.len() % 4;
    let bytes = URL_SAFE_NO_PAD.decode(packed);
    let whole = bytes.is_ok();
    // What is cut within a digit has its whole groups left.
    let bytes = bytes
        .or_else(|_| URL_SAFE_NO_PAD.decode(packed.get(..end).unwrap_or_default()))
        .unwrap_or_default();
    let mut inflate = Decompress::new(false);
    if !known.is_empty() && inflate.set_dictionary(near(known)).is_err() {
        return (String::new(), false);
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
    match String::from_utf8(out) {
        Ok(text) => (text, whole && ended),
        Err(error) => {
            let sound = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(sound);
            (String::from_utf8(bytes).unwrap_or_default(), false)
        }
    }
}
