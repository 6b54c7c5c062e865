//! One-dimensional arrays.

use super::{EncodeError, Encoder};

/// Appends a JSON array. A null element is `null`; more than one dimension is refused.
pub(super) fn write(raw: &[u8], element: Encoder, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let malformed = EncodeError::Malformed {
        encoder: Encoder::Array(&Encoder::Text),
        size_bytes: raw.len(),
    };
    let mut rest = raw;
    let dimensions = take_i32(&mut rest).ok_or(malformed)?;
    // Two words follow that say nothing new: whether there are nulls, and the element's type.
    take_i32(&mut rest).ok_or(malformed)?;
    take_i32(&mut rest).ok_or(malformed)?;
    match dimensions {
        0 => {
            out.extend_from_slice(b"[]");
            return Ok(());
        }
        1 => {}
        _ => return Err(EncodeError::Dimensions { dimensions }),
    }
    let count = take_i32(&mut rest).ok_or(malformed)?;
    take_i32(&mut rest).ok_or(malformed)?;
    out.push(b'[');
    for index in 0..count {
        if index > 0 {
            out.push(b',');
        }
        let size = take_i32(&mut rest).ok_or(malformed)?;
        if size < 0 {
            out.extend_from_slice(b"null");
            continue;
        }
        let (value, after) = rest.split_at_checked(size as usize).ok_or(malformed)?;
        element.write(value, out)?;
        rest = after;
    }
    out.push(b']');
    Ok(())
}

fn take_i32(rest: &mut &[u8]) -> Option<i32> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(i32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::super::tests::written;
    use super::*;

    fn words(words: &[i32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn elements_and_nulls() {
        let raw = words(&[1, 1, 23, 3, 1, 4, 7, -1, 4, -8]);
        let encoder = Encoder::Array(&Encoder::Int);
        assert_eq!(written(encoder, &raw), "[7,null,-8]");
        assert_eq!(written(encoder, &words(&[0, 0, 23])), "[]");
    }

    #[test]
    fn two_dimensions_are_refused() {
        let raw = words(&[2, 0, 23, 1, 1, 1, 1, 4, 7]);
        let refused = Encoder::Array(&Encoder::Int).write(&raw, &mut Vec::new());
        assert_eq!(refused, Err(EncodeError::Dimensions { dimensions: 2 }));
    }
}
