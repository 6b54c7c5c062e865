//! RFC 6455 as far as a server needs it: the handshake's key, frames out, messages in.
//!
//! Frames from a server carry no mask, so a frame is the same bytes for every socket: a broadcast is framed
//! once and its bytes are shared. That, and buffers that exist only while something is in them, is why this
//! is not a library's WebSocket: tungstenite keeps at least a read buffer per socket and copies every
//! message into every socket's write buffer.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sha1::{Digest, Sha1};

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Opcode {
    /// UTF-8 text.
    Text = 1,
    /// Any bytes.
    Binary = 2,
    /// The end, with a code and a reason.
    Close = 8,
    /// Asks for a pong with the same bytes.
    Ping = 9,
    /// Answers a ping.
    Pong = 10,
}

/// What a client said.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// A text message, whole.
    Text(String),
    /// A binary message, whole.
    Binary(Vec<u8>),
    /// A ping, to be answered with its bytes.
    Ping(Vec<u8>),
    /// A pong; it shows that the client lives.
    Pong,
    /// The client closes, with its code when it gave one.
    Close(Option<u16>),
}

/// How a client broke the protocol, or a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A frame that RFC 6455 does not allow.
    #[error("{0}")]
    Protocol(&'static str),
    /// A text message that is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// A message over the limit.
    #[error("message is too big")]
    TooBig,
}

impl Violation {
    /// The close code that says so.
    pub fn close_code(self) -> u16 {
        match self {
            Violation::Protocol(_) => 1002,
            Violation::NotUtf8 => 1007,
            Violation::TooBig => 1009,
        }
    }
}

/// The value of `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key`.
pub fn accept_key(key: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(hash.finalize())
}

/// A whole frame from server to client, ready for the wire.
pub fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(payload.len() + 10);
    bytes.push(0x80 | opcode as u8);
    match payload.len() {
        length @ 0..=125 => bytes.push(length as u8),
        length @ 126..=0xFFFF => {
            bytes.push(126);
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    Bytes::from(bytes)
}

/// A close frame. The reason is cut to what a control frame holds (123 bytes).
pub fn close_frame(code: u16, reason: &str) -> Bytes {
    let mut payload = code.to_be_bytes().to_vec();
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    frame(Opcode::Close, &payload)
}

/// Makes messages of the bytes that a client sent, however they were cut. It holds memory only while a
/// message is incomplete, and never more than the limit and one read.
#[derive(Debug)]
pub struct Decoder {
    unread: Vec<u8>,
    read: usize,
    fragments: Vec<u8>,
    fragmented: Option<Opcode>,
    limit_bytes: u32,
}

struct Header {
    last: bool,
    opcode: u8,
    mask: [u8; 4],
    payload_start: usize,
    payload_end: usize,
}

impl Decoder {
    /// A decoder that refuses messages over `limit_bytes`.
    pub fn new(limit_bytes: u32) -> Self {
        Decoder {
            unread: Vec::new(),
            read: 0,
            fragments: Vec::new(),
            fragmented: None,
            limit_bytes,
        }
    }

    /// Takes what was read from the socket.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// The next message that is complete, or nothing yet.
    ///
    /// # Errors
    /// When the client broke the protocol or the limit; nothing more can be read then.
    pub fn next_message(&mut self) -> Result<Option<Message>, Violation> {
        loop {
            let Some(header) = self.header()? else {
                self.release();
                return Ok(None);
            };
            if self.unread.len() < header.payload_end {
                return Ok(None);
            }
            let mut payload = self.unread[header.payload_start..header.payload_end].to_vec();
            self.read = header.payload_end;
            unmask(&mut payload, header.mask);
            if let Some(message) = self.accept(&header, payload)? {
                return Ok(Some(message));
            }
        }
    }

    /// Frees the buffer once everything in it was read, and moves the rest to its front otherwise.
    fn release(&mut self) {
        if self.read == self.unread.len() {
            self.unread = Vec::new();
        } else if self.read > 0 {
            self.unread.drain(..self.read);
        }
        self.read = 0;
    }

    fn header(&mut self) -> Result<Option<Header>, Violation> {
        let bytes = &self.unread[self.read..];
        let [first, second, ..] = *bytes else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(Violation::Protocol("reserved bits are set"));
        }
        if second & 0x80 == 0 {
            return Err(Violation::Protocol("a client's frame is not masked"));
        }
        let (length, mask_at) = match second & 0x7F {
            126 => match bytes.get(2..4) {
                Some(length) => (u64::from(u16::from_be_bytes([length[0], length[1]])), 4),
                None => return Ok(None),
            },
            127 => match bytes
                .get(2..10)
                .and_then(|length| <[u8; 8]>::try_from(length).ok())
            {
                Some(length) => (u64::from_be_bytes(length), 10),
                None => return Ok(None),
            },
            length => (u64::from(length), 2),
        };
        let (last, opcode) = (first & 0x80 != 0, first & 0x0F);
        if opcode >= 8 && (length > 125 || !last) {
            return Err(Violation::Protocol("a control frame is long or in pieces"));
        }
        if length + self.fragments.len() as u64 > u64::from(self.limit_bytes) {
            return Err(Violation::TooBig);
        }
        let Some(mask) = bytes
            .get(mask_at..mask_at + 4)
            .and_then(|mask| <[u8; 4]>::try_from(mask).ok())
        else {
            return Ok(None);
        };
        let payload_start = self.read + mask_at + 4;
        // The limit is 32 bits wide, so the length fits.
        Ok(Some(Header {
            last,
            opcode,
            mask,
            payload_start,
            payload_end: payload_start + length as usize,
        }))
    }

    fn accept(&mut self, header: &Header, payload: Vec<u8>) -> Result<Option<Message>, Violation> {
        match (header.opcode, self.fragmented) {
            (8, _) => close(&payload).map(Some),
            (9, _) => Ok(Some(Message::Ping(payload))),
            (10, _) => Ok(Some(Message::Pong)),
            (0, Some(opcode)) => {
                self.fragments.extend_from_slice(&payload);
                if !header.last {
                    return Ok(None);
                }
                self.fragmented = None;
                whole(opcode, std::mem::take(&mut self.fragments)).map(Some)
            }
            (1 | 2, None) => {
                let opcode = if header.opcode == 1 {
                    Opcode::Text
                } else {
                    Opcode::Binary
                };
                if header.last {
                    return whole(opcode, payload).map(Some);
                }
                self.fragments = payload;
                self.fragmented = Some(opcode);
                Ok(None)
            }
            (0, None) => Err(Violation::Protocol("a continuation continues nothing")),
            (1 | 2, Some(_)) => Err(Violation::Protocol("a message begins inside another")),
            _ => Err(Violation::Protocol("unknown opcode")),
        }
    }
}

fn whole(opcode: Opcode, payload: Vec<u8>) -> Result<Message, Violation> {
    match opcode {
        Opcode::Text => String::from_utf8(payload)
            .map(Message::Text)
            .map_err(|_| Violation::NotUtf8),
        _ => Ok(Message::Binary(payload)),
    }
}

fn close(payload: &[u8]) -> Result<Message, Violation> {
    match payload {
        [] => Ok(Message::Close(None)),
        [high, low, reason @ ..] => {
            std::str::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
            match u16::from_be_bytes([*high, *low]) {
                code @ (1000..=1003 | 1007..=1014 | 3000..=4999) => Ok(Message::Close(Some(code))),
                _ => Err(Violation::Protocol("close code is not allowed")),
            }
        }
        _ => Err(Violation::Protocol("close code is cut")),
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    for (index, byte) in payload.iter_mut().enumerate() {
        *byte ^= mask[index & 3];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [7, 21, 99, 200];
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..=125 => bytes.push(0x80 | length as u8),
            length @ 126..=0xFFFF => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                bytes.push(0x80 | 127);
                bytes.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&mask);
        let mut payload = payload.to_vec();
        unmask(&mut payload, mask);
        bytes.extend_from_slice(&payload);
        bytes
    }

    fn read(chunks: &[&[u8]], limit_bytes: u32) -> Result<Vec<Message>, Violation> {
        let mut decoder = Decoder::new(limit_bytes);
        let mut messages = Vec::new();
        for chunk in chunks {
            decoder.feed(chunk);
            while let Some(message) = decoder.next_message()? {
                messages.push(message);
            }
        }
        Ok(messages)
    }

    #[test]
    fn the_key_of_the_rfc() {
        assert_eq!(
            accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    proptest::proptest! {
        /// Bytes that are no messages end the socket, and mean the same however the network cuts them.
        #[test]
        fn bytes_mean_the_same_however_they_are_cut(
            bytes in proptest::collection::vec(
                proptest::prop_oneof![
                    proptest::prelude::any::<u8>(),
                    proptest::sample::select(vec![0x00, 0x01, 0x80, 0x81, 0x82, 0x88, 0x89, 0xFE, 0xFF]),
                ],
                0..80,
            ),
            size in 1..9usize,
        ) {
            let whole = read(&[&bytes], 64);
            let cut: Vec<&[u8]> = bytes.chunks(size).collect();
            match (whole, read(&cut, 64)) {
                (Ok(whole), Ok(cut)) => assert_eq!(whole, cut),
                (whole, cut) => assert_eq!(whole.is_err(), cut.is_err()),
            }
        }
    }

    #[test]
    fn messages_arrive_however_they_are_cut() {
        let mut wire = client_frame(0x81, b"one");
        wire.extend(client_frame(0x01, b"tw"));
        wire.extend(client_frame(0x89, b"ping between the pieces"));
        wire.extend(client_frame(0x80, b"o"));
        wire.extend(client_frame(0x82, &[9; 300]));
        wire.extend(client_frame(0x82, &vec![1; 70_000]));
        wire.extend(client_frame(0x88, &[0x03, 0xE8]));
        let expected = vec![
            Message::Text("one".into()),
            Message::Ping(b"ping between the pieces".to_vec()),
            Message::Text("two".into()),
            Message::Binary(vec![9; 300]),
            Message::Binary(vec![1; 70_000]),
            Message::Close(Some(1000)),
        ];
        for size in [1, 2, 3, 7, 1024, wire.len()] {
            let chunks: Vec<&[u8]> = wire.chunks(size).collect();
            assert_eq!(
                read(&chunks, 100_000).unwrap(),
                expected,
                "in chunks of {size}"
            );
        }
    }

    #[test]
    fn nothing_is_held_when_nothing_is_incomplete() {
        let mut decoder = Decoder::new(100_000);
        decoder.feed(&client_frame(0x82, &vec![1; 70_000]));
        assert!(decoder.next_message().unwrap().is_some());
        assert!(decoder.next_message().unwrap().is_none());
        assert_eq!(decoder.unread.capacity(), 0);
    }

    #[test]
    fn what_the_rfc_forbids_is_refused() {
        let protocol = |bytes: &[u8]| matches!(read(&[bytes], 1000), Err(Violation::Protocol(_)));
        assert!(protocol(&[0x81, 0x01, b'a']), "no mask");
        assert!(protocol(&client_frame(0xC1, b"a")), "reserved bit");
        assert!(protocol(&client_frame(0x83, b"a")), "unknown opcode");
        assert!(
            protocol(&client_frame(0x80, b"a")),
            "continuation of nothing"
        );
        assert!(protocol(&client_frame(0x09, b"a")), "ping in pieces");
        assert!(
            protocol(&client_frame(0x88, &[0x03, 0xED])),
            "close code 1005"
        );
        assert_eq!(
            read(&[&client_frame(0x81, &[0xFF])], 1000),
            Err(Violation::NotUtf8)
        );
        assert_eq!(
            read(&[&client_frame(0x81, &[b'a'; 1001])], 1000),
            Err(Violation::TooBig)
        );
        let mut pieces = client_frame(0x01, &[b'a'; 600]);
        pieces.extend(client_frame(0x80, &[b'a'; 600]));
        assert_eq!(
            read(&[&pieces], 1000),
            Err(Violation::TooBig),
            "the limit counts the pieces together"
        );
    }

    #[test]
    fn frames_have_the_shortest_length() {
        assert_eq!(&frame(Opcode::Text, b"hi")[..], &[0x81, 2, b'h', b'i']);
        assert_eq!(&frame(Opcode::Binary, &[0; 126])[..4], &[0x82, 126, 0, 126]);
        assert_eq!(
            &frame(Opcode::Binary, &vec![0; 0x1_0000])[..10],
            &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]
        );
        assert_eq!(close_frame(1012, &"é".repeat(100)).len(), 2 + 2 + 122);
    }
}
