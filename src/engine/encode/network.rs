//! `inet` and `cidr`, in the text form of PostgreSQL.

use std::{io::Write, net::Ipv4Addr};

const IPV4: u8 = 2;
const IPV6: u8 = 3;

/// Appends an address without quotes; the length of its network follows where it says anything:
/// always for `cidr`, for `inet` when it is not the whole address.
pub(super) fn write_inet(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (&[family, prefix_bits, is_cidr, size], address) = raw.split_first_chunk()?;
    if usize::from(size) != address.len() {
        return None;
    }
    let whole = match family {
        IPV4 => {
            let octets: [u8; 4] = address.try_into().ok()?;
            write!(out, "{}", Ipv4Addr::from(octets)).ok()?;
            32
        }
        IPV6 => {
            write_ipv6(address.try_into().ok()?, out)?;
            128
        }
        _ => return None,
    };
    if prefix_bits != whole || is_cidr != 0 {
        write!(out, "/{prefix_bits}").ok()?;
    }
    Some(())
}

/// PostgreSQL's form, which is older than RFC 5952 and differs from the standard library's in the
/// addresses that it ends in dotted decimals (`::1.2.3.4`).
fn write_ipv6(octets: [u8; 16], out: &mut Vec<u8>) -> Option<()> {
    let groups: [u16; 8] =
        std::array::from_fn(|i| u16::from_be_bytes([octets[2 * i], octets[2 * i + 1]]));
    let (start, length) = longest_zeros(&groups);
    let compressed = start..start + length;
    let in_decimals = start == 0
        && (length == 6 || (length == 7 && groups[7] != 1) || (length == 5 && groups[5] == 0xffff));
    for (index, group) in groups.iter().enumerate() {
        if compressed.contains(&index) {
            if index == start {
                out.push(b':');
            }
            continue;
        }
        if index != 0 {
            out.push(b':');
        }
        if index == 6 && in_decimals {
            let tail = [octets[12], octets[13], octets[14], octets[15]];
            write!(out, "{}", Ipv4Addr::from(tail)).ok()?;
            return Some(());
        }
        write!(out, "{group:x}").ok()?;
    }
    if length > 0 && compressed.end == 8 {
        out.push(b':');
    }
    Some(())
}

/// Where the first of the longest runs of at least two zero groups begins, and its length; the
/// length is 0 when there is none.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut index = 0;
    while index < groups.len() {
        let length = groups[index..]
            .iter()
            .take_while(|group| **group == 0)
            .count();
        if length >= 2 && length > best.1 {
            best = (index, length);
        }
        index += length.max(1);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, tests::written};

    fn inet(family: u8, bits: u8, cidr: u8, address: &[u8]) -> String {
        let mut raw = vec![family, bits, cidr, address.len() as u8];
        raw.extend_from_slice(address);
        written(Encoder::Inet, &raw)
    }

    fn ipv6(text: &str) -> String {
        let address: std::net::Ipv6Addr = text.parse().unwrap();
        inet(3, 128, 0, &address.octets())
    }

    #[test]
    fn addresses_and_networks() {
        assert_eq!(inet(2, 32, 0, &[10, 0, 0, 1]), r#""10.0.0.1""#);
        assert_eq!(inet(2, 8, 0, &[10, 0, 0, 1]), r#""10.0.0.1/8""#);
        assert_eq!(inet(2, 32, 1, &[10, 0, 0, 1]), r#""10.0.0.1/32""#);
    }

    #[test]
    fn ipv6_as_postgresql_has_it() {
        for text in [
            "::",
            "::1",
            "2001:db8::1",
            "1:0:0:2::3",
            "::ffff:1.2.3.4",
            "1::",
            "1:2:3:4:5:6:7:8",
            "0:1:2:3:4:5:6:7",
            "::1:0:0:1",
        ] {
            assert_eq!(ipv6(text), format!("{text:?}"));
        }
        assert_eq!(ipv6("::102:304"), r#""::1.2.3.4""#);
        assert_eq!(ipv6("::5"), r#""::5""#);
    }
}
