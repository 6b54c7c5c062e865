//! Server-sent events, as they arrive: in pieces that end anywhere.

/// One event's data, with the lines that are being read. Google sends pictures as one event.
const EVENT_MAX_BYTES: usize = 8 << 20;

/// What has arrived and is no whole event yet.
#[derive(Default)]
pub(super) struct EventStream {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// A line feed that follows a carriage return belongs to it.
    after_return: bool,
}

/// An event is larger than is read.
#[derive(Debug, PartialEq)]
pub(super) struct TooLarge;

impl EventStream {
    /// Takes more bytes, and adds the data of each event that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], found: &mut Vec<String>) -> Result<(), TooLarge> {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    self.end_line(found);
                }
                byte => {
                    self.after_return = false;
                    self.line.push(*byte);
                }
            }
            if self.line.len() + self.data.len() > EVENT_MAX_BYTES {
                return Err(TooLarge);
            }
        }
        Ok(())
    }

    /// The stream has ended. Some servers leave out the empty line behind their last event.
    pub(super) fn finish(&mut self, found: &mut Vec<String>) {
        if !self.line.is_empty() {
            self.end_line(found);
        }
        self.end_event(found);
    }

    fn end_line(&mut self, found: &mut Vec<String>) {
        if self.line.is_empty() {
            self.end_event(found);
            return;
        }
        let line = self
            .line
            .strip_prefix("\u{feff}".as_bytes())
            .unwrap_or(&self.line);
        // The other fields (event, id, retry) say nothing that is not in the data too.
        if let Some(value) = line.strip_prefix(b"data:") {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data
                .extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            self.has_data = true;
        }
        self.line.clear();
    }

    fn end_event(&mut self, found: &mut Vec<String>) {
        if std::mem::take(&mut self.has_data) {
            found.push(String::from_utf8_lossy(&self.data).into_owned());
            self.data.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "\u{feff}event: a\ndata: {\"x\": \"äöü 🙂\"}\n\n: a comment\r\n\r\ndata:one\r\ndata: two\r\n\r\nid: 7\rdata: three\r\rdata: last";

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let (mut stream, mut found) = (EventStream::default(), Vec::new());
        for piece in pieces {
            stream.push(piece, &mut found).expect("small events");
        }
        stream.finish(&mut found);
        found
    }

    #[test]
    fn events_are_the_same_wherever_the_pieces_end() {
        let bytes = STREAM.as_bytes();
        let whole = read(&[bytes]);
        assert_eq!(whole, ["{\"x\": \"äöü 🙂\"}", "one\ntwo", "three", "last"]);
        for cut in 0..=bytes.len() {
            assert_eq!(read(&[&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single), whole);
    }

    #[test]
    fn what_never_ends_is_refused() {
        let mut stream = EventStream::default();
        let mut found = Vec::new();
        let line = format!("data: {}\n", "x".repeat(1 << 20));
        let refused = (0..9).find_map(|_| stream.push(line.as_bytes(), &mut found).err());
        assert_eq!(refused, Some(TooLarge));
    }
}
