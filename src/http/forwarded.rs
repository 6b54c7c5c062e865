//! What the proxies in front of the server say of a request.

use axum::http::HeaderMap;

/// What the outermost of our proxies saw, of a header to which each of them adds at the end, on the same line or on one of
/// its own, or which each of them replaces. What stands further left is the client's own claim. Nothing without proxies.
pub(super) fn of_our_proxies<'a>(
    headers: &'a HeaderMap,
    name: &str,
    proxies: u8,
) -> Option<&'a str> {
    let skipped = usize::from(proxies).checked_sub(1)?;
    let lines = headers.get_all(name).iter();
    // Bytes, for what a client made unreadable is an entry, too.
    let entries = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let named: Vec<&[u8]> = entries.collect();
    let place = named.len().saturating_sub(skipped + 1);
    let seen = std::str::from_utf8(named.get(place)?).ok()?;
    Some(seen.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const NAME: &str = "x-forwarded-for";

    fn seen(proxies: u8, lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_bytes()).expect("a header");
            headers.append(NAME, line);
        }
        of_our_proxies(&headers, NAME, proxies).map(str::to_owned)
    }

    #[test]
    fn entries_count_from_the_right_over_all_lines() {
        assert_eq!(seen(0, &["one"]), None);
        assert_eq!(seen(1, &[]), None);
        let lists: [&[&str]; 4] = [
            &["claim, outer,inner"],
            &["claim", "outer, inner"],
            &["claim, outer", "inner"],
            &["claim", "outer", "inner"],
        ];
        for lines in lists {
            assert_eq!(seen(1, lines).as_deref(), Some("inner"), "{lines:?}");
            assert_eq!(seen(2, lines).as_deref(), Some("outer"), "{lines:?}");
        }
    }

    #[test]
    fn proxies_that_replace_the_header_leave_one_entry() {
        assert_eq!(seen(2, &["outer"]).as_deref(), Some("outer"));
    }

    #[test]
    fn letters_beyond_ascii_hide_no_entry_beside_them() {
        assert_eq!(seen(1, &["\u{e9}, outer"]).as_deref(), Some("outer"));
    }
}
