//! What clients keep to come back: cursors, which mark a place in an order, and node ids, which name a
//! row.
//!
//! A cursor holds the values that its row had in the columns of the order, in PostgreSQL's binary form,
//! which is exact for every type and needs no conversion on either way. It is signed together with the
//! fingerprint of its order: what comes back is what this server sent, or it is refused.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    encode::{EncodeError, Encoder, write_json_string},
    value::Param,
};
use crate::error::{Error, Result};

/// How much of the HMAC is kept: 2⁻⁸⁰ to guess, with each guess a request.
const TAG_BYTES: usize = 10;
/// The fingerprint of the order.
const FINGERPRINT_BYTES: usize = 8;
/// Longer cursors are not even decoded; the longest text that can be indexed is much shorter.
const MAX_CURSOR_CHARS: usize = 64 * 1024;

/// Makes and reads the cursors of one server secret.
#[derive(Clone)]
pub struct Cursors {
    /// The state after the key: each signature starts from a copy.
    keyed: Hmac<Sha256>,
}

impl Cursors {
    /// Cursors under a key derived from the server's secret; servers that share the secret read each
    /// other's.
    pub fn new(secret: &[u8]) -> Self {
        let mut key = [0; 64];
        let derived = Hkdf::<Sha256>::new(None, secret).expand(b"mindloom cursor v1", &mut key);
        debug_assert!(derived.is_ok(), "64 bytes are within what HKDF gives");
        Cursors {
            keyed: Hmac::<Sha256>::new(&key.into()),
        }
    }

    /// Appends a cursor to `out` as a JSON string.
    ///
    /// `order` is the fingerprint of the order: it must differ wherever the table, the columns, their
    /// types, directions or places of nulls differ. `values` are the row's values in the order's
    /// columns in binary form, `None` for NULL. `scratch` is working space, cleared first.
    pub fn write<'a>(
        &self,
        order: u64,
        values: impl IntoIterator<Item = Option<&'a [u8]>>,
        scratch: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) {
        scratch.clear();
        scratch.extend_from_slice(&order.to_be_bytes());
        for value in values {
            // 0 is NULL, so lengths are counted from 1.
            write_length(value.map_or(0, |bytes| bytes.len() + 1), scratch);
            scratch.extend_from_slice(value.unwrap_or_default());
        }
        let tag = self.keyed.clone().chain_update(&scratch[..]).finalize();
        scratch.extend_from_slice(&tag.as_bytes()[..TAG_BYTES]);
        write_base64_url(scratch, out);
    }

    /// The values in a cursor, one per column of the order, to be sent for parameters of the columns'
    /// types.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for what this server did not make, and for a cursor of another order.
    pub fn read(&self, order: u64, cursor: &str) -> Result<Vec<Param>> {
        let foreign = || {
            Error::bad_input(
                "This is not a cursor of this server: give one that pageInfo or edges returned",
            )
        };
        if cursor.len() > MAX_CURSOR_CHARS {
            return Err(foreign());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| foreign())?;
        let (signed, tag) = bytes.split_last_chunk::<TAG_BYTES>().ok_or_else(foreign)?;
        let mac = self.keyed.clone().chain_update(signed);
        mac.verify_truncated_left(tag).map_err(|_| foreign())?;
        let (made_for, values) = signed
            .split_first_chunk::<FINGERPRINT_BYTES>()
            .ok_or_else(foreign)?;
        if u64::from_be_bytes(*made_for) != order {
            return Err(Error::bad_input(
                "This cursor belongs to another order: use it with the field and the orderBy that \
                 it came from",
            ));
        }
        read_values(values).ok_or_else(foreign)
    }
}

/// The fingerprint of an order that depends on the values of some parameters, such as the vector of a
/// distance.
pub fn order_with(order: u64, given: &[usize], values: &[Param]) -> u64 {
    if given.is_empty() {
        return order;
    }
    let mut hash = Sha256::new_with_prefix(order.to_be_bytes());
    for value in given.iter().map(|place| values.get(*place)) {
        match value {
            Some(Param::Vector(elements)) => {
                hash.update((elements.len() as u64).to_be_bytes());
                for element in elements {
                    hash.update(element.to_be_bytes());
                }
            }
            other => hash.update(format!("{other:?}")),
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    u64::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 8]))
}

/// Names a row across all tables: its table and the values of its key, in GraphQL's JSON form. It is
/// no secret and not signed: whoever names a row still may only see it where the policies allow.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeId {
    /// The table's name.
    pub table: String,
    /// The key's values, in the key's order.
    pub key: Vec<Value>,
}

impl NodeId {
    /// Appends a row's id to `out` as a JSON string. `key` gives each key column's encoder and binary
    /// value; `scratch` is working space, cleared first.
    ///
    /// # Errors
    /// When a value does not have its encoder's form.
    pub fn write<'a>(
        table: &str,
        key: impl IntoIterator<Item = (Encoder, &'a [u8])>,
        scratch: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        scratch.clear();
        scratch.push(b'[');
        write_json_string(table, scratch);
        for (encoder, raw) in key {
            scratch.push(b',');
            encoder.write(raw, scratch)?;
        }
        scratch.push(b']');
        write_base64_url(scratch, out);
        Ok(())
    }

    /// Reads an id.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for what is no id.
    pub fn parse(id: &str) -> Result<Self> {
        let refused = || Error::bad_input("This is not a node id: give one that nodeId returned");
        if id.len() > MAX_CURSOR_CHARS {
            return Err(refused());
        }
        let json = URL_SAFE_NO_PAD.decode(id).map_err(|_| refused())?;
        let mut parts: Vec<Value> = serde_json::from_slice(&json).map_err(|_| refused())?;
        if parts.len() < 2 {
            return Err(refused());
        }
        match parts.remove(0) {
            Value::String(table) => Ok(NodeId { table, key: parts }),
            _ => Err(refused()),
        }
    }
}

fn write_base64_url(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let start = out.len();
    // Four characters for three bytes, and for what is left one more than its bytes.
    let chars = bytes.len() / 3 * 4 + [0, 2, 3][bytes.len() % 3];
    out.resize(start + chars, 0);
    let written = URL_SAFE_NO_PAD.encode_slice(bytes, &mut out[start..]);
    debug_assert_eq!(written, Ok(chars));
    out.push(b'"');
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn write_length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

fn read_values(mut rest: &[u8]) -> Option<Vec<Param>> {
    let mut values = Vec::new();
    while !rest.is_empty() {
        let mut length = 0usize;
        let mut shift = 0;
        loop {
            let (byte, after) = rest.split_first()?;
            rest = after;
            length |= usize::from(byte & 0x7F).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let Some(size) = length.checked_sub(1) else {
            values.push(Param::Null);
            continue;
        };
        let (value, after) = rest.split_at_checked(size)?;
        values.push(Param::Binary(value.into()));
        rest = after;
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Code;

    fn cursor(cursors: &Cursors, order: u64, values: &[Option<&[u8]>]) -> String {
        let mut out = Vec::new();
        cursors.write(order, values.iter().copied(), &mut Vec::new(), &mut out);
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn values_come_back_with_nulls_and_empty_ones() {
        let cursors = Cursors::new(b"secret");
        let long = vec![7; 300];
        let values = [Some(&b"\0\0\0\x05"[..]), None, Some(&b""[..]), Some(&long)];
        let read = cursors.read(42, &cursor(&cursors, 42, &values)).unwrap();
        let binary = |bytes: &[u8]| Param::Binary(bytes.into());
        let expected = [
            binary(&[0, 0, 0, 5]),
            Param::Null,
            binary(b""),
            binary(&long),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn another_order_says_so() {
        let cursors = Cursors::new(b"secret");
        let made = cursor(&cursors, 1, &[Some(b"x")]);
        let error = cursors.read(2, &made).unwrap_err();
        assert_eq!(error.code(), Code::BadUserInput);
        assert!(error.message().contains("belongs to another order"));
    }

    #[test]
    fn forged_cursors_are_refused() {
        let cursors = Cursors::new(b"secret");
        let made = cursor(&cursors, 1, &[Some(b"some value")]);
        let bytes = URL_SAFE_NO_PAD.decode(&made).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(cursors.read(1, &URL_SAFE_NO_PAD.encode(&changed)).is_err());
            assert!(
                cursors
                    .read(1, &URL_SAFE_NO_PAD.encode(&bytes[..index]))
                    .is_err()
            );
        }
        let stranger = Cursors::new(b"another secret");
        for text in [
            cursor(&stranger, 1, &[Some(b"x")]),
            "x".repeat(1 << 20),
            "é".into(),
            "".into(),
        ] {
            let error = cursors.read(1, &text).unwrap_err();
            assert!(error.message().contains("not a cursor of this server"));
        }
    }

    #[test]
    fn node_ids_name_their_row() {
        let mut out = Vec::new();
        let key = [
            (Encoder::Text, &b"a \"b\""[..]),
            (Encoder::BigIntAsString, &[0, 0, 0, 0, 0, 0, 0, 9]),
        ];
        NodeId::write("votes", key, &mut Vec::new(), &mut out).unwrap();
        let id: String = serde_json::from_slice(&out).unwrap();
        let parsed = NodeId::parse(&id).unwrap();
        assert_eq!(parsed.table, "votes");
        assert_eq!(parsed.key, [json!("a \"b\""), json!("9")]);
        for text in ["", "?", "W10", "WyJhIl0", "eyJhIjoxfQ", "WzEsMl0"] {
            assert!(NodeId::parse(text).is_err(), "{text}");
        }
    }
}
